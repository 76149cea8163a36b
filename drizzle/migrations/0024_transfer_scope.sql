-- oldest-code: 0.1.0
-- The scope points:transfer. A migration of its own: it locks tokens, and the one before locks balances.
ALTER TABLE "tokens" DROP CONSTRAINT "tokens_have_known_scopes";
--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_have_known_scopes" CHECK ("tokens"."scopes" <@ array['users:read', 'users:write', 'users:link', 'posts:read', 'posts:write', 'points:read', 'points:add', 'points:spend', 'points:reverse', 'points:transfer', 'tokens:read', 'tokens:issue', 'tokens:revoke', 'audit:read']::text[] and cardinality("tokens"."scopes") > 0) NOT VALID;
--> statement-breakpoint
CREATE OR REPLACE TRIGGER "users_release_holds" AFTER UPDATE OF "deleted_at" ON "users"
  FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION "release_holds"();
