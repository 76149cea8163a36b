-- oldest-code: 0.1.0
-- transaction: none
-- The indexes by which ends of holds, tokens and users are found, and what the migrations before left to be validated. A
-- build that failed leaves an index that is not valid, so that each is dropped before it is built again.
DROP INDEX CONCURRENTLY IF EXISTS "holds_end_written_at_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "holds_end_written_at_idx" ON "holds" USING btree ("end_written_at") WHERE "holds"."end_written_at" is not null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "tokens_root_id_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "tokens_root_id_idx" ON "tokens" USING btree ("root_id") WHERE "tokens"."root_id" is not null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "tokens_revoked_at_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "tokens_revoked_at_idx" ON "tokens" USING btree ("revoked_at") WHERE "tokens"."revoked_at" is not null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "users_deleted_at_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "users_deleted_at_idx" ON "users" USING btree ("deleted_at") WHERE "users"."deleted_at" is not null;
--> statement-breakpoint
ALTER TABLE "tokens" VALIDATE CONSTRAINT "tokens_have_known_scopes";
--> statement-breakpoint
ALTER TABLE "audit_events" VALIDATE CONSTRAINT "audit_events_have_a_known_action";
