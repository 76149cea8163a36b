-- oldest-code: 0.1.0
-- transaction: none
-- The index of entries by reference, and the constraints of the migrations before. A build that failed leaves an index that is
-- not valid, so that it is dropped before it is built again.
DROP INDEX CONCURRENTLY IF EXISTS "entries_reference_created_at_user_id_sequence_idx";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "entries_reference_created_at_user_id_sequence_idx" ON "entries" USING btree ("reference","created_at","user_id","sequence") WHERE "entries"."reference" is not null;
--> statement-breakpoint
ALTER TABLE "entries" VALIDATE CONSTRAINT "entries_reference_bounded";
--> statement-breakpoint
ALTER TABLE "entries" VALIDATE CONSTRAINT "entries_metadata_bounded";
--> statement-breakpoint
ALTER TABLE "entries" VALIDATE CONSTRAINT "entries_effective_before_written";
--> statement-breakpoint
ALTER TABLE "tokens" VALIDATE CONSTRAINT "tokens_have_known_scopes";
--> statement-breakpoint
ALTER TABLE "audit_events" VALIDATE CONSTRAINT "audit_events_have_a_known_action";
