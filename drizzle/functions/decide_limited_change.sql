-- decide_change for a token with limits of points, and what is counted afterwards.
--
-- token:      its terms, as read under the locks.
-- used:       what the token has used of its limits for a day over all users; null: it has none, or another transaction has
--             locked the counter. The caller writes used_after.
-- used_by_user: what it has used of those for a day and the user of the change; null: it has none, or it has used nothing.
--             The caller writes used_by_user_after, unless its user_id is null.
-- decision:   as of decide_change; the result has also {limits}, the daily limits as after the change: [the day on which they
--             reset, max and used of maxAddedPerDay, of maxSpentPerDay, of maxAddedPerUserPerDay, of maxSpentPerUserPerDay],
--             null where there is none or its use is unknown, those of a user for the user of the change. Where another
--             transaction has locked the counter it is BUSY, with {counter}.
--
-- What is counted for a user is kept under the lock of their balance. A day never goes back, even if the clock has: otherwise a
-- failover to a server whose clock is behind would give an allowance twice.
CREATE OR REPLACE FUNCTION "decide_limited_change"(change requested_change, is_valid boolean, token token_terms,
    used token_day, used_by_user token_user_day, account ledger_account, is_locked boolean, found_user users, receiver ledger_account, receiving_user users,
    moment timestamptz, ordinal integer, OUT decision change_decision, OUT used_after token_day, OUT used_by_user_after token_user_day)
  LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  adds CONSTANT boolean := change.kind = 'ADD';
  spends CONSTANT boolean := change.kind IN ('SPEND', 'CAPTURE', 'TRANSFER');
  amount bigint := change.points;
  today date;
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
  today := greatest((moment AT TIME ZONE 'UTC')::date, used.day, used_by_user.day);
  IF token.counts_users AND is_locked THEN
    user_added := CASE WHEN used_by_user.day = today THEN used_by_user.added ELSE 0 END;
    user_spent := CASE WHEN used_by_user.day = today THEN used_by_user.spent ELSE 0 END;
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
  IF decision.written_at IS NOT NULL AND (adds OR spends) THEN
    IF token.counts_days THEN
      used_after := ROW(used_after.root_id, today,
        used_after.added + CASE WHEN adds THEN amount ELSE 0 END, used_after.spent + CASE WHEN spends THEN amount ELSE 0 END,
        used_after.added_unlimited + CASE WHEN adds AND token.max_added_per_day IS NULL THEN amount ELSE 0 END,
        used_after.spent_unlimited + CASE WHEN spends AND token.max_spent_per_day IS NULL THEN amount ELSE 0 END);
    END IF;
    IF token.counts_users THEN
      user_added := user_added + CASE WHEN adds AND token.max_added_per_user_per_day IS NOT NULL THEN amount ELSE 0 END;
      user_spent := user_spent + CASE WHEN spends AND token.max_spent_per_user_per_day IS NOT NULL THEN amount ELSE 0 END;
      used_by_user_after := ROW(account.user_id, token.root_id, today, user_added, user_spent);
    END IF;
  END IF;
  IF token.counts_days OR token.counts_users THEN
    -- Not jsonb, which would take the result apart: 30 µs.
    decision.result := '{"limits":' || json_build_array(today + 1,
      token.max_added_per_day, used_after.added - used_after.added_unlimited,
      token.max_spent_per_day, used_after.spent - used_after.spent_unlimited,
      token.max_added_per_user_per_day, user_added, token.max_spent_per_user_per_day, user_spent)
      || ',' || substr(decision.result::text, 2);
  END IF;
END $$;
