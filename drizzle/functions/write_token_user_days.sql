-- Writes what tokens have used of their limits for a day and a user. The caller has locked the balances of these users.
-- One without a day has used nothing yet, and is not written.
CREATE OR REPLACE FUNCTION "write_token_user_days"(days token_user_day[]) RETURNS void LANGUAGE sql
  SET search_path = public, pg_temp
AS $$
  INSERT INTO token_user_counters (user_id, root_id, day, added, spent)
  SELECT d.user_id, d.root_id, d.day, d.added, d.spent FROM unnest(days) d WHERE d.day IS NOT NULL
      ON CONFLICT ON CONSTRAINT token_user_counters_pkey
      DO UPDATE SET day = excluded.day, added = excluded.added, spent = excluded.spent;
$$;
