-- oldest-code: 0.1.0
-- transaction: none
-- Validates the constraints of the migration before, each without blocking writers.
ALTER TABLE "tokens" VALIDATE CONSTRAINT "tokens_limits_positive";
--> statement-breakpoint
ALTER TABLE "tokens" VALIDATE CONSTRAINT "tokens_networks_bounded";
--> statement-breakpoint
ALTER TABLE "audit_events" VALIDATE CONSTRAINT "audit_events_have_a_known_action";
