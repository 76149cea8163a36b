-- oldest-code: 0.1.0
-- transaction: none
-- Validates the constraints of the two migrations before, each without blocking writers.
ALTER TABLE "balances" VALIDATE CONSTRAINT "balances_held_within_points";
--> statement-breakpoint
ALTER TABLE "entries" VALIDATE CONSTRAINT "entries_metadata_bounded";
--> statement-breakpoint
ALTER TABLE "entries" VALIDATE CONSTRAINT "entries_counterpart_of_transfer";
--> statement-breakpoint
ALTER TABLE "entries" VALIDATE CONSTRAINT "entries_go_their_way";
--> statement-breakpoint
ALTER TABLE "refusals" VALIDATE CONSTRAINT "refusals_have_a_known_code";
--> statement-breakpoint
ALTER TABLE "tokens" VALIDATE CONSTRAINT "tokens_have_known_scopes";
