-- oldest-code: 0.1.0
-- transaction: none
-- Indexes of the lists with filters: audit events by user and action, tokens by state. A build that failed leaves an
-- index that is not valid, so that each is dropped before it is built again.
DROP INDEX CONCURRENTLY IF EXISTS "audit_events_actor_id_action_id_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "audit_events_actor_id_action_id_idx" ON "audit_events" USING btree ("actor_id","action","id");
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "audit_events_subject_id_action_id_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "audit_events_subject_id_action_id_idx" ON "audit_events" USING btree ("subject_id","action","id");
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "tokens_expires_at_id_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "tokens_expires_at_id_idx" ON "tokens" USING btree ("expires_at","id") WHERE "tokens"."revoked_at" is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "tokens_owner_id_expires_at_id_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "tokens_owner_id_expires_at_id_idx" ON "tokens" USING btree ("owner_id","expires_at","id") WHERE "tokens"."revoked_at" is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "tokens_id_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "tokens_id_idx" ON "tokens" USING btree ("id") WHERE "tokens"."revoked_at" is not null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "tokens_owner_id_id_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "tokens_owner_id_id_idx" ON "tokens" USING btree ("owner_id","id") WHERE "tokens"."revoked_at" is not null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "audit_events_by_actor";
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "audit_events_by_subject";
