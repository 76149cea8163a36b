-- oldest-code: 0.1.0
-- When the end of a hold was written, by which the sender of webhooks finds it: an expiry is written later than it is dated.
ALTER TABLE "holds" ADD COLUMN "end_written_at" timestamp with time zone;
--> statement-breakpoint
-- Ends a hold that decide_change has found open, and returns it with the account as it is then. The caller writes the account.
--
-- change: kind CAPTURE or RELEASE. taken: the points that the capture takes. entry_sequence: the entry that it writes.
CREATE OR REPLACE FUNCTION "end_hold"(change requested_change, INOUT account ledger_account, INOUT hold holds, taken bigint,
    entry_sequence integer, moment timestamptz) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  UPDATE holds h
     SET state = CASE change.kind WHEN 'CAPTURE' THEN 'CAPTURED' ELSE 'RELEASED' END, ended_at = moment,
         end_written_at = moment,
         captured = CASE change.kind WHEN 'CAPTURE' THEN taken END,
         requested_points = CASE change.kind WHEN 'CAPTURE' THEN change.points END,
         entry_sequence = end_hold.entry_sequence,
         release_owner_id = CASE change.kind WHEN 'RELEASE' THEN change.owner_id END,
         release_key = CASE change.kind WHEN 'RELEASE' THEN change.idempotency_key END
   WHERE h.user_id = hold.user_id AND h.number = hold.number
  RETURNING h.* INTO hold;
  account.held := account.held - hold.points;
  account.holds_until := (SELECT min(h.expires_at) FROM holds h WHERE h.user_id = account.user_id AND h.state = 'HELD');
END $$;
--> statement-breakpoint
-- Ends the holds of an account that have expired at `moment`, and returns the account as it is then. The caller has locked the
-- balance. It writes the balance too, since a change may be refused afterwards.
CREATE OR REPLACE FUNCTION "end_expired_holds"(account ledger_account, moment timestamptz) RETURNS ledger_account LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  WITH expired AS (
    UPDATE holds h SET state = 'EXPIRED', ended_at = h.expires_at, end_written_at = clock_timestamp()
     WHERE h.user_id = account.user_id AND h.state = 'HELD' AND h.expires_at <= moment
    RETURNING h.points)
  SELECT account.held - coalesce(sum(e.points), 0) INTO account.held FROM expired e;
  account.holds_until := (SELECT min(h.expires_at) FROM holds h WHERE h.user_id = account.user_id AND h.state = 'HELD');
  UPDATE balances b SET held = account.held, holds_until = account.holds_until WHERE b.user_id = account.user_id;
  RETURN account;
END $$;
--> statement-breakpoint
-- A trigger for users who are deleted, whichever release deletes them: their open holds end. The transaction has locked the
-- balance before.
CREATE OR REPLACE FUNCTION "release_holds"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  moment CONSTANT timestamptz := clock_timestamp();
BEGIN
  UPDATE holds h SET state = CASE WHEN h.expires_at <= moment THEN 'EXPIRED' ELSE 'RELEASED' END,
                     ended_at = least(h.expires_at, moment), end_written_at = moment
   WHERE h.user_id = NEW.id AND h.state = 'HELD';
  UPDATE balances b SET held = 0, holds_until = NULL WHERE b.user_id = NEW.id AND b.held > 0;
  RETURN NULL;
END $$;
