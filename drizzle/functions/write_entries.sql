-- Writes entries and updates the balances accordingly. The caller has locked the balances. For calls that are under way while
-- apply_points is replaced; a later release drops it.
CREATE OR REPLACE FUNCTION "write_entries"(written entries[]) RETURNS void LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  INSERT INTO entries (user_id, sequence, kind, delta, balance_after, reason, reverses, owner_id, token_id, idempotency_key,
                       created_at)
  SELECT w.user_id, w.sequence, w.kind, w.delta, w.balance_after, w.reason, w.reverses, w.owner_id, w.token_id,
         w.idempotency_key, w.created_at
    FROM unnest(written) w;
  UPDATE balances b SET points = last.balance_after, sequence = last.sequence
    FROM (SELECT DISTINCT ON (w.user_id) w.user_id, w.balance_after, w.sequence
            FROM unnest(written) w ORDER BY w.user_id, w.sequence DESC) last
   WHERE b.user_id = last.user_id;
END $$;
