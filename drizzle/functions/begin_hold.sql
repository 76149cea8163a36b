-- Writes a hold that decide_change has allowed, and returns it with the account as it is then. The caller writes the account.
CREATE OR REPLACE FUNCTION "begin_hold"(change requested_change, INOUT account ledger_account, moment timestamptz, OUT hold holds)
  LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  account.last_hold := account.last_hold + 1;
  INSERT INTO holds AS h (user_id, number, points, state, created_at, expires_at, reason, reference, metadata, owner_id, token_id,
                          idempotency_key)
  VALUES (account.user_id, account.last_hold, change.points, 'HELD', moment,
          moment + change.expires_in_seconds * interval '1 second', change.reason, change.reference, change.metadata,
          change.owner_id, change.token_id, change.idempotency_key)
  RETURNING h.* INTO hold;
  account.held := account.held + hold.points;
  account.holds_until := least(account.holds_until, hold.expires_at);
END $$;
