-- decide_change for a token with limits of points, and what is counted afterwards.
--
-- token:      its terms, as read under the locks.
-- used:       what the token has used of its limits for a day over all users; null: it has none, or another transaction has
--             locked the counter. The caller writes used_after.
-- result:     as of decide_change, and {limits}, the daily limits as after the change: [{limit, max, used, resetsAt}], those
--             of a user for the user of the change. Where another transaction has locked the counter it
--             is BUSY, with {counter}.
--
-- What is counted for a user is kept under the lock of their balance. A day never goes back, even if the clock has: otherwise a
-- failover to a server whose clock is behind would give an allowance twice.
CREATE OR REPLACE FUNCTION "decide_limited_change"(change requested_change, is_valid boolean, token token_terms,
    used token_day, account uuid, is_locked boolean, found_user users, balance bigint, last_sequence integer,
    last_entry_at timestamptz, moment timestamptz, ordinal integer, OUT delta bigint, OUT written_at timestamptz,
    OUT made_at timestamptz, OUT result json, OUT used_after token_day) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  limits_user CONSTANT boolean := account IS NOT NULL
    AND (token.max_added_per_user_per_day IS NOT NULL OR token.max_spent_per_user_per_day IS NOT NULL);
  today date := (moment AT TIME ZONE 'UTC')::date;
  resets_at timestamptz;
  resets_on text;
  user_day date;
  user_added numeric;
  user_spent numeric;
  added numeric;
  spent numeric;
  exceeded json;
  decision record;
  limits text;
BEGIN
  IF token.counts_days AND is_locked AND used.root_id IS NULL THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'BUSY', 'counter', true);
    RETURN;
  END IF;
  IF limits_user THEN
    SELECT c.day, c.added, c.spent INTO user_day, user_added, user_spent FROM token_user_counters c
     WHERE c.user_id = account AND c.root_id = token.root_id;
  END IF;
  today := greatest(today, used.day, user_day);
  resets_at := (today + 1)::timestamp AT TIME ZONE 'UTC';
  resets_on := to_char(today + 1, 'YYYY-MM-DD');
  used_after := used;
  IF used.day < today THEN
    used_after := ROW(token.root_id, today, 0, 0, 0, 0);
  END IF;
  IF limits_user AND user_day IS DISTINCT FROM today THEN
    user_added := 0;
    user_spent := 0;
  END IF;
  added := used_after.added - used_after.added_unlimited;
  spent := used_after.spent - used_after.spent_unlimited;

  exceeded := CASE
    WHEN change.points > token.max_points_per_change
      THEN json_build_object('limit', 'maxPointsPerChange', 'max', token.max_points_per_change)
    WHEN change.kind = 'ADD' AND added + change.points > token.max_added_per_day
      THEN exceeded_limit('maxAddedPerDay', token.max_added_per_day, added, moment, resets_at)
    WHEN change.kind = 'SPEND' AND spent + change.points > token.max_spent_per_day
      THEN exceeded_limit('maxSpentPerDay', token.max_spent_per_day, spent, moment, resets_at)
    WHEN change.kind = 'ADD' AND user_added + change.points > token.max_added_per_user_per_day
      THEN exceeded_limit('maxAddedPerUserPerDay', token.max_added_per_user_per_day, user_added, moment, resets_at)
    WHEN change.kind = 'SPEND' AND user_spent + change.points > token.max_spent_per_user_per_day
      THEN exceeded_limit('maxSpentPerUserPerDay', token.max_spent_per_user_per_day, user_spent, moment, resets_at)
  END;
  decision := decide_change(change, is_valid, exceeded, token.max_points_per_change, account, is_locked, found_user, balance,
    last_sequence, last_entry_at, moment, ordinal);
  delta := decision.delta;
  written_at := decision.written_at;
  made_at := decision.made_at;
  result := decision.result;

  -- A reversal neither counts nor gives back. Amounts count against a limit only where it exists.
  IF delta IS NOT NULL AND change.kind = 'ADD' THEN
    used_after.added := used_after.added + delta;
    IF token.max_added_per_day IS NULL THEN
      used_after.added_unlimited := used_after.added_unlimited + delta;
    END IF;
    added := used_after.added - used_after.added_unlimited;
    user_added := user_added + CASE WHEN token.max_added_per_user_per_day IS NULL THEN 0 ELSE delta END;
  ELSIF delta IS NOT NULL AND change.kind = 'SPEND' THEN
    used_after.spent := used_after.spent - delta;
    IF token.max_spent_per_day IS NULL THEN
      used_after.spent_unlimited := used_after.spent_unlimited - delta;
    END IF;
    spent := used_after.spent - used_after.spent_unlimited;
    user_spent := user_spent - CASE WHEN token.max_spent_per_user_per_day IS NULL THEN 0 ELSE delta END;
  END IF;
  IF delta IS NOT NULL AND limits_user AND change.kind <> 'REVERSAL' THEN
    INSERT INTO token_user_counters AS c (user_id, root_id, day, added, spent)
    VALUES (account, token.root_id, today, user_added, user_spent)
        ON CONFLICT ON CONSTRAINT token_user_counters_pkey
        DO UPDATE SET day = excluded.day, added = excluded.added, spent = excluded.spent;
  END IF;
  limits := concat_ws(',', daily_limit('maxAddedPerDay', token.max_added_per_day, added, resets_on),
    daily_limit('maxSpentPerDay', token.max_spent_per_day, spent, resets_on),
    daily_limit('maxAddedPerUserPerDay', token.max_added_per_user_per_day, user_added, resets_on),
    daily_limit('maxSpentPerUserPerDay', token.max_spent_per_user_per_day, user_spent, resets_on));
  IF limits <> '' THEN
    -- Not jsonb, which would take the result apart: 30 µs.
    result := '{"limits":[' || limits || '],' || substr(result::text, 2);
  END IF;
END $$;
