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
