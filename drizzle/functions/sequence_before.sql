-- The sequence of a user's last entry that was made before a moment (null: of the last entry); 0: there is none.
--
-- The times of a user's entries never decrease with the sequence, so that the primary key can be searched by halves: 20 rows
-- among a million entries.
CREATE OR REPLACE FUNCTION "sequence_before"(of_user uuid, moment timestamptz) RETURNS integer
  LANGUAGE plpgsql STABLE
  SET search_path = public, pg_temp
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $$
DECLARE
  low integer := 0;
  high integer := coalesce((SELECT b.sequence FROM balances b WHERE b.user_id = of_user), 0);
  middle integer;
BEGIN
  WHILE moment IS NOT NULL AND low < high LOOP
    middle := high - (high - low) / 2;
    IF (SELECT coalesce(e.effective_at, e.created_at) FROM entries e
         WHERE e.user_id = of_user AND e.sequence = middle) < moment THEN
      low := middle;
    ELSE
      high := middle - 1;
    END IF;
  END LOOP;
  RETURN high;
END $$;
