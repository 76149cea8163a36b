-- A trigger for rows that end credentials, whose owner is in the named column: waits for the changes of points under way
-- that a credential of this owner has allowed, and keeps further ones waiting until this transaction has ended. So nothing is
-- changed by a credential once the transaction that ended it has committed. See apply_changes.
CREATE OR REPLACE FUNCTION "wait_for_changes"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(uuid_hash_extended((to_jsonb(NEW) ->> TG_ARGV[0])::uuid, 0));
  RETURN NULL;
END $$;
