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
