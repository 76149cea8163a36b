-- A trigger for rows that end credentials, whose owner is in the named column: waits for the changes of points under way
-- that a credential of this owner has allowed, and keeps further ones waiting until this transaction has ended. So nothing is
-- changed by a credential once the transaction that ended it has committed. See apply_changes.
--
-- The seal of a restored database ends the credentials of all users at once, more than there is room for locks. It has the
-- tables for itself, so that no change is under way, and says so by scrip.sealing.
CREATE OR REPLACE FUNCTION "wait_for_changes"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  IF coalesce(current_setting('scrip.sealing', true), '') <> 'on' THEN
    PERFORM pg_advisory_xact_lock(uuid_hash_extended((to_jsonb(NEW) ->> TG_ARGV[0])::uuid, 0));
  END IF;
  RETURN NULL;
END $$;
