-- oldest-code: 0.1.0
-- transaction: none
-- Validates the constraints of the migration before, each without blocking writers, and builds the indexes of paused tokens and
-- of tokens by their end, which knows the paused ones. A build that failed leaves an index that is not valid, so that it is
-- dropped before it is built again.
DROP INDEX CONCURRENTLY IF EXISTS "tokens_paused_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "tokens_paused_idx" ON "tokens" USING btree ("id") WHERE "tokens"."paused_at" is not null and "tokens"."revoked_at" is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "tokens_expires_at_id_paused_at_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "tokens_expires_at_id_paused_at_idx" ON "tokens" USING btree ("expires_at","id","paused_at") WHERE "tokens"."revoked_at" is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "tokens_expires_at_id_idx";
--> statement-breakpoint
ALTER TABLE "tokens" VALIDATE CONSTRAINT "tokens_root_id_tokens_id_fk";
--> statement-breakpoint
ALTER TABLE "tokens" VALIDATE CONSTRAINT "tokens_root_differs";
--> statement-breakpoint
ALTER TABLE "tokens" VALIDATE CONSTRAINT "tokens_limits_positive";
--> statement-breakpoint
ALTER TABLE "tokens" VALIDATE CONSTRAINT "tokens_networks_bounded";
--> statement-breakpoint
ALTER TABLE "audit_events" VALIDATE CONSTRAINT "audit_events_have_a_known_action";
