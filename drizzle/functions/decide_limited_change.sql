-- decide_change for a token with limits of points, and what is counted afterwards.
--
-- used:       what the token has used of its limits for a day over all users; null: it has none, or another transaction has
--             locked the counter. The caller writes used_after.
-- result:     as of decide_change, and {limits}, the daily limits as after the change. TOKEN_LIMIT comes with {limit, max}, of a
--             daily limit with {used, retryAfterSeconds}. Where another transaction has locked the counter it is BUSY.
--
-- What is counted for a user is kept under the lock of their balance. A day never goes back, even if the clock has: otherwise a
-- failover to a server whose clock is behind would give an allowance twice.
CREATE OR REPLACE FUNCTION "decide_limited_change"(change requested_change, token token_terms, used token_day, account uuid,
    is_locked boolean, found_user users, balance bigint, last_sequence integer, last_entry_at timestamptz, moment timestamptz,
    ordinal integer, OUT delta bigint, OUT written_at timestamptz, OUT made_at timestamptz, OUT result json,
    OUT used_after token_day) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  limits_user CONSTANT boolean := num_nonnulls(token.max_added_per_user_per_day, token.max_spent_per_user_per_day) > 0;
  today date := (moment AT TIME ZONE 'UTC')::date;
  by_user token_day;
  exceeded json;
  decision record;
  limits jsonb;
BEGIN
  IF token.counts_days AND is_locked AND used.root_id IS NULL THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'BUSY');
    RETURN;
  END IF;
  IF limits_user AND account IS NOT NULL THEN
    SELECT c.root_id, c.day, c.added, c.spent, 0, 0 INTO by_user FROM token_user_counters c
     WHERE c.user_id = account AND c.root_id = token.root_id;
  END IF;
  today := greatest(today, used.day, by_user.day);
  used_after := used;
  IF used.day < today THEN
    used_after := ROW(token.root_id, today, 0, 0, 0, 0);
  END IF;
  IF limits_user AND account IS NOT NULL AND by_user.day IS DISTINCT FROM today THEN
    by_user := ROW(token.root_id, today, 0, 0, 0, 0);
  END IF;

  IF change.kind IN ('ADD', 'SPEND') THEN
    exceeded := limit_reached(change.kind, change.points, token, used_after, by_user, moment);
  END IF;
  decision := decide_change(change, token, exceeded, account, is_locked, found_user, balance, last_sequence, last_entry_at,
    moment, ordinal);
  delta := decision.delta;
  written_at := decision.written_at;
  made_at := decision.made_at;
  IF delta IS NOT NULL AND change.kind = 'ADD' THEN
    used_after.added := used_after.added + delta;
    by_user.added := by_user.added + CASE WHEN token.max_added_per_user_per_day IS NULL THEN 0 ELSE delta END;
    IF token.max_added_per_day IS NULL THEN
      used_after.added_unlimited := used_after.added_unlimited + delta;
    END IF;
  ELSIF delta IS NOT NULL AND change.kind = 'SPEND' THEN
    used_after.spent := used_after.spent - delta;
    by_user.spent := by_user.spent - CASE WHEN token.max_spent_per_user_per_day IS NULL THEN 0 ELSE delta END;
    IF token.max_spent_per_day IS NULL THEN
      used_after.spent_unlimited := used_after.spent_unlimited - delta;
    END IF;
  END IF;
  IF delta IS NOT NULL AND limits_user AND change.kind IN ('ADD', 'SPEND') THEN
    INSERT INTO token_user_counters AS c (user_id, root_id, day, added, spent)
    VALUES (account, token.root_id, today, by_user.added, by_user.spent)
        ON CONFLICT ON CONSTRAINT token_user_counters_pkey
        DO UPDATE SET day = excluded.day, added = excluded.added, spent = excluded.spent;
  END IF;
  limits := daily_limits(token, used_after, by_user);
  result := decision.result;
  IF limits IS NOT NULL THEN
    result := result::jsonb || jsonb_build_object('limits', limits);
  END IF;
END $$;
