-- oldest-code: 0.1.0
-- transaction: none
-- The action RESTORE_SEALED in the audit log, and a seal that ends the credentials of all users at once. Nodes of earlier
-- releases go on as before. Outside a transaction, so that the constraint is validated without blocking writers.
ALTER TABLE "audit_events" DROP CONSTRAINT IF EXISTS "audit_events_have_a_known_action", ADD CONSTRAINT "audit_events_have_a_known_action" CHECK ("audit_events"."action" in ('TOKEN_ISSUED', 'TOKEN_ROTATED', 'TOKEN_REVOKED', 'TOKEN_UPDATED', 'TOKEN_PAUSED', 'TOKEN_RESUMED', 'USER_CREATED', 'USER_UPDATED', 'ROLE_CHANGED', 'USER_DELETED', 'EXTERNAL_ID_LINKED', 'EXTERNAL_ID_UNLINKED', 'WEBHOOK_CREATED', 'WEBHOOK_UPDATED', 'WEBHOOK_KEY_ROTATED', 'WEBHOOK_PAUSED', 'WEBHOOK_RESUMED', 'WEBHOOK_DELETED', 'SIGNED_UP', 'LOGGED_IN', 'LOGIN_FAILED', 'LOGGED_OUT', 'REFRESH_TOKEN_REUSED', 'PASSWORD_CHANGED', 'RESTORE_SEALED')) NOT VALID;
--> statement-breakpoint
ALTER TABLE "audit_events" VALIDATE CONSTRAINT "audit_events_have_a_known_action";
--> statement-breakpoint
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
