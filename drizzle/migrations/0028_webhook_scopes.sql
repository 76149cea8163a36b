-- oldest-code: 0.1.0
-- The scopes webhooks:read and webhooks:write. A migration of its own: it locks tokens alone.
ALTER TABLE "tokens" DROP CONSTRAINT "tokens_have_known_scopes";
--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_have_known_scopes" CHECK ("tokens"."scopes" <@ array['users:read', 'users:write', 'users:link', 'posts:read', 'posts:write', 'points:read', 'points:add', 'points:spend', 'points:reverse', 'points:transfer', 'tokens:read', 'tokens:issue', 'tokens:revoke', 'audit:read', 'webhooks:read', 'webhooks:write']::text[] and cardinality("tokens"."scopes") > 0) NOT VALID;
