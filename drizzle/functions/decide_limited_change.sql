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
    used token_day, account ledger_account, is_locked boolean, found_user users, receiver ledger_account, receiving_user users,
    moment timestamptz, ordinal integer, OUT entry written_entry, OUT counterpart written_entry,
    OUT account_after ledger_account, OUT receiver_after ledger_account, OUT result json, OUT used_after token_day)
  LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  limits_user CONSTANT boolean := account.user_id IS NOT NULL
    AND (token.max_added_per_user_per_day IS NOT NULL OR token.max_spent_per_user_per_day IS NOT NULL);
  adds boolean := change.kind = 'ADD';
  spends boolean := change.kind IN ('SPEND', 'CAPTURE', 'TRANSFER');
  amount bigint := change.points;
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
  IF change.kind = 'REVERSAL' THEN
    amount := (SELECT abs(e.delta) FROM entries e WHERE e.user_id = account.user_id AND e.sequence = change.reverses);
  ELSIF amount IS NULL AND change.hold IS NOT NULL THEN
    amount := (SELECT h.points FROM holds h WHERE h.user_id = account.user_id AND h.number = change.hold);
  END IF;
  IF limits_user THEN
    SELECT c.day, c.added, c.spent INTO user_day, user_added, user_spent FROM token_user_counters c
     WHERE c.user_id = account.user_id AND c.root_id = token.root_id;
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
    WHEN amount > token.max_points_per_change
      THEN json_build_object('limit', 'maxPointsPerChange', 'max', token.max_points_per_change)
    WHEN adds AND added + amount > token.max_added_per_day
      THEN exceeded_limit('maxAddedPerDay', token.max_added_per_day, added, moment, resets_at)
    WHEN spends AND spent + amount > token.max_spent_per_day
      THEN exceeded_limit('maxSpentPerDay', token.max_spent_per_day, spent, moment, resets_at)
    WHEN adds AND user_added + amount > token.max_added_per_user_per_day
      THEN exceeded_limit('maxAddedPerUserPerDay', token.max_added_per_user_per_day, user_added, moment, resets_at)
    WHEN spends AND user_spent + amount > token.max_spent_per_user_per_day
      THEN exceeded_limit('maxSpentPerUserPerDay', token.max_spent_per_user_per_day, user_spent, moment, resets_at)
  END;
  decision := decide_change(change, is_valid, exceeded, account, is_locked, found_user, receiver, receiving_user, moment, ordinal);
  entry := decision.entry;
  counterpart := decision.counterpart;
  account_after := decision.account_after;
  receiver_after := decision.receiver_after;
  result := decision.result;

  -- A reversal neither counts nor gives back. Amounts count against a limit only where it exists.
  IF entry.user_id IS NULL THEN
    adds := false;
    spends := false;
  END IF;
  IF adds THEN
    used_after.added := used_after.added + amount;
    IF token.max_added_per_day IS NULL THEN
      used_after.added_unlimited := used_after.added_unlimited + amount;
    END IF;
    added := used_after.added - used_after.added_unlimited;
    user_added := user_added + CASE WHEN token.max_added_per_user_per_day IS NULL THEN 0 ELSE amount END;
  ELSIF spends THEN
    used_after.spent := used_after.spent + amount;
    IF token.max_spent_per_day IS NULL THEN
      used_after.spent_unlimited := used_after.spent_unlimited + amount;
    END IF;
    spent := used_after.spent - used_after.spent_unlimited;
    user_spent := user_spent + CASE WHEN token.max_spent_per_user_per_day IS NULL THEN 0 ELSE amount END;
  END IF;
  IF limits_user AND (adds OR spends) THEN
    INSERT INTO token_user_counters AS c (user_id, root_id, day, added, spent)
    VALUES (account.user_id, token.root_id, today, user_added, user_spent)
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
