-- oldest-code: 0.1.0
-- transaction: none
-- Validates the constraint of the migration before, without blocking writers.
ALTER TABLE "entries" VALIDATE CONSTRAINT "entries_are_of_their_kind";
