-- oldest-code: 0.1.0
-- The scope users:link, the events of external ids, and what ties external ids and resting names to their users. A migration of
-- its own: it locks tokens, users and audit events in the order in which transactions do, and the one before locks balances.
--
-- The trigger frees the external ids of a user whom a node of an earlier release deletes.
ALTER TABLE "tokens" DROP CONSTRAINT "tokens_have_known_scopes";
--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_have_known_scopes" CHECK ("tokens"."scopes" <@ array['users:read', 'users:write', 'users:link', 'posts:read', 'posts:write', 'points:read', 'points:add', 'points:spend', 'points:reverse', 'tokens:read', 'tokens:issue', 'tokens:revoke', 'audit:read']::text[] and cardinality("tokens"."scopes") > 0) NOT VALID;
--> statement-breakpoint
ALTER TABLE "external_ids" ADD CONSTRAINT "external_ids_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "resting_usernames" ADD CONSTRAINT "resting_usernames_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- A trigger for users who are deleted, whichever release deletes them: their ids in other systems can be linked again.
CREATE OR REPLACE FUNCTION "free_external_ids"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  DELETE FROM external_ids x WHERE x.user_id = NEW.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE TRIGGER "users_free_external_ids" AFTER UPDATE OF "deleted_at" ON "users"
  FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION "free_external_ids"();
--> statement-breakpoint
ALTER TABLE "audit_events" DROP CONSTRAINT "audit_events_have_a_known_action";
--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_have_a_known_action" CHECK ("audit_events"."action" in ('TOKEN_ISSUED', 'TOKEN_ROTATED', 'TOKEN_REVOKED', 'USER_CREATED', 'USER_UPDATED', 'ROLE_CHANGED', 'USER_DELETED', 'EXTERNAL_ID_LINKED', 'EXTERNAL_ID_UNLINKED', 'SIGNED_UP', 'LOGGED_IN', 'LOGIN_FAILED', 'LOGGED_OUT', 'REFRESH_TOKEN_REUSED', 'PASSWORD_CHANGED')) NOT VALID;
