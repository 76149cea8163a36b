-- decide_change for a token with limits of points, and what is counted afterwards.
--
-- token:      its terms, as read under the locks.
-- used:       what the token has used of its limits for a day over all users; null: it has none, or another transaction has
--             locked the counter. The caller writes used_after.
-- decision:   as of decide_change; the result has also {limits}, the daily limits as after the change: [the day on which they
--             reset, max and used of maxAddedPerDay, of maxSpentPerDay, of maxAddedPerUserPerDay, of maxSpentPerUserPerDay],
--             null where there is none or its use is unknown, those of a user for the user of the change. Where another
--             transaction has locked the counter it is BUSY, with {counter}.
--
-- What is counted for a user is kept under the lock of their balance. A day never goes back, even if the clock has: otherwise a
-- failover to a server whose clock is behind would give an allowance twice.
CREATE OR REPLACE FUNCTION "decide_limited_change"(change requested_change, is_valid boolean, token token_terms,
    used token_day, account ledger_account, is_locked boolean, found_user users, receiver ledger_account, receiving_user users,
    moment timestamptz, ordinal integer, OUT decision change_decision, OUT used_after token_day)
  LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  limits_user CONSTANT boolean := account.user_id IS NOT NULL
    AND num_nonnulls(token.max_added_per_user_per_day, token.max_spent_per_user_per_day) > 0;
  adds CONSTANT boolean := change.kind = 'ADD';
  spends CONSTANT boolean := change.kind IN ('SPEND', 'CAPTURE', 'TRANSFER');
  amount bigint := change.points;
  today date;
  user_day date;
  user_added numeric;
  user_spent numeric;
  exceeded json;
BEGIN
  IF token.counts_days AND is_locked AND used.root_id IS NULL THEN
    decision.result := json_build_object('ordinal', ordinal, 'outcome', 'BUSY', 'counter', true);
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
  today := greatest((moment AT TIME ZONE 'UTC')::date, used.day, user_day);
  IF limits_user AND user_day IS DISTINCT FROM today THEN
    user_added := 0;
    user_spent := 0;
  END IF;
  used_after := CASE WHEN used.day < today THEN ROW(token.root_id, today, 0, 0, 0, 0)::token_day ELSE used END;

  exceeded := CASE
    WHEN amount > token.max_points_per_change
      THEN json_build_object('limit', 'maxPointsPerChange', 'max', token.max_points_per_change)
    WHEN adds AND used_after.added - used_after.added_unlimited + amount > token.max_added_per_day
      THEN exceeded_limit('maxAddedPerDay', token.max_added_per_day, used_after.added - used_after.added_unlimited, moment, today)
    WHEN spends AND used_after.spent - used_after.spent_unlimited + amount > token.max_spent_per_day
      THEN exceeded_limit('maxSpentPerDay', token.max_spent_per_day, used_after.spent - used_after.spent_unlimited, moment, today)
    WHEN adds AND user_added + amount > token.max_added_per_user_per_day
      THEN exceeded_limit('maxAddedPerUserPerDay', token.max_added_per_user_per_day, user_added, moment, today)
    WHEN spends AND user_spent + amount > token.max_spent_per_user_per_day
      THEN exceeded_limit('maxSpentPerUserPerDay', token.max_spent_per_user_per_day, user_spent, moment, today)
  END;
  decision := decide_change(change, is_valid, exceeded, account, is_locked, found_user, receiver, receiving_user, moment, ordinal);

  -- A reversal neither counts nor gives back. Amounts count against a limit only where it exists.
  IF (decision.entry).user_id IS NOT NULL AND (adds OR spends) THEN
    IF token.counts_days THEN
      used_after := ROW(used_after.root_id, today,
        used_after.added + CASE WHEN adds THEN amount ELSE 0 END, used_after.spent + CASE WHEN spends THEN amount ELSE 0 END,
        used_after.added_unlimited + CASE WHEN adds AND token.max_added_per_day IS NULL THEN amount ELSE 0 END,
        used_after.spent_unlimited + CASE WHEN spends AND token.max_spent_per_day IS NULL THEN amount ELSE 0 END);
    END IF;
    IF limits_user THEN
      IF adds AND token.max_added_per_user_per_day IS NOT NULL THEN
        user_added := user_added + amount;
      ELSIF spends AND token.max_spent_per_user_per_day IS NOT NULL THEN
        user_spent := user_spent + amount;
      END IF;
      UPDATE token_user_counters c SET day = today, added = user_added, spent = user_spent
       WHERE c.user_id = account.user_id AND c.root_id = token.root_id;
      IF NOT FOUND THEN
        INSERT INTO token_user_counters (user_id, root_id, day, added, spent)
        VALUES (account.user_id, token.root_id, today, user_added, user_spent);
      END IF;
    END IF;
  END IF;
  IF token.counts_days OR limits_user THEN
    -- Not jsonb, which would take the result apart: 30 µs.
    decision.result := '{"limits":' || json_build_array(today + 1,
      token.max_added_per_day, used_after.added - used_after.added_unlimited,
      token.max_spent_per_day, used_after.spent - used_after.spent_unlimited,
      token.max_added_per_user_per_day, user_added, token.max_spent_per_user_per_day, user_spent)
      || ',' || substr(decision.result::text, 2);
  END IF;
END $$;
