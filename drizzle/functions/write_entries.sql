-- Writes entries, and the balances that follow from them. The caller holds the locks on the balances.
CREATE OR REPLACE FUNCTION "write_entries"(written entries[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO entries SELECT * FROM unnest(written);
  UPDATE balances b SET points = last.balance_after, sequence = last.sequence
    FROM (SELECT DISTINCT ON (e.user_id) e.* FROM unnest(written) e ORDER BY e.user_id, e.sequence DESC) last
   WHERE b.user_id = last.user_id;
END $$;
