-- Counts a change of points against the limits of its token, for decide_change and the caller, who writes the counters if an
-- entry is written.
--
-- kind, amount, reverses, hold: of the change. With RESOLVE it only reads the limits.
-- token:        its terms, as read under the locks.
-- used:         what the token has used of its limits for a day over all users; null: it has none, or its counter is unknown.
-- used_by_user: what it has used of those for a day and the user; null: it has none, or it has used nothing.
-- user_id:      of the user of the change, whose balance is locked; null: there is none.
-- exceeded:     the limit that the change would exceed, as decide_change expects it; null: none.
-- limits:       its daily limits after the change: [the day on which they reset, max and used of maxAddedPerDay, of
--               maxSpentPerDay, of maxAddedPerUserPerDay, of maxSpentPerUserPerDay], null where there is none or its use is
--               unknown, those of a user for the user of the change; null: the token has none.
-- used_after, used_by_user_after: the counters after the change; the latter null: it counts nothing for the user.
--
-- What is counted for a user is kept under the lock of their balance. A day never goes back, even if the clock has: otherwise a
-- failover to a server whose clock is behind would give an allowance twice. A reversal neither counts nor gives back. Amounts
-- count against a limit only where it exists.
CREATE OR REPLACE FUNCTION "count_change"(kind text, amount bigint, reverses integer, hold integer, token token_terms,
    used token_day, used_by_user token_user_day, user_id uuid, moment timestamptz,
    OUT exceeded json, OUT limits json, OUT used_after token_day, OUT used_by_user_after token_user_day) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  today date;
  added bigint := 0;
  spent bigint := 0;
  user_added numeric;
  user_spent numeric;
BEGIN
  IF kind = 'REVERSAL' THEN
    amount := (SELECT abs(e.delta) FROM entries e
                WHERE e.user_id = count_change.user_id AND e.sequence = count_change.reverses);
  ELSIF amount IS NULL AND hold IS NOT NULL THEN
    amount := (SELECT h.points FROM holds h WHERE h.user_id = count_change.user_id AND h.number = count_change.hold);
  END IF;
  IF kind = 'ADD' THEN
    added := amount;
  ELSIF kind IN ('SPEND', 'CAPTURE', 'TRANSFER') THEN
    spent := amount;
  END IF;
  today := greatest((moment AT TIME ZONE 'UTC')::date, used.day, used_by_user.day);
  IF used.day < today THEN
    used := ROW(token.root_id, today, 0, 0, 0, 0);
  END IF;
  IF token.counts_users AND user_id IS NOT NULL THEN
    user_added := CASE WHEN used_by_user.day = today THEN used_by_user.added ELSE 0 END;
    user_spent := CASE WHEN used_by_user.day = today THEN used_by_user.spent ELSE 0 END;
  END IF;

  exceeded := CASE
    WHEN amount > token.max_points_per_change
      THEN json_build_object('limit', 'maxPointsPerChange', 'max', token.max_points_per_change)
    WHEN added > 0 AND used.added - used.added_unlimited + added > token.max_added_per_day
      THEN exceeded_limit('maxAddedPerDay', token.max_added_per_day, used.added - used.added_unlimited, moment, today)
    WHEN spent > 0 AND used.spent - used.spent_unlimited + spent > token.max_spent_per_day
      THEN exceeded_limit('maxSpentPerDay', token.max_spent_per_day, used.spent - used.spent_unlimited, moment, today)
    WHEN added > 0 AND user_added + added > token.max_added_per_user_per_day
      THEN exceeded_limit('maxAddedPerUserPerDay', token.max_added_per_user_per_day, user_added, moment, today)
    WHEN spent > 0 AND user_spent + spent > token.max_spent_per_user_per_day
      THEN exceeded_limit('maxSpentPerUserPerDay', token.max_spent_per_user_per_day, user_spent, moment, today)
  END;

  IF token.counts_days THEN
    used_after := ROW(used.root_id, today, used.added + added, used.spent + spent,
      used.added_unlimited + CASE WHEN token.max_added_per_day IS NULL THEN added ELSE 0 END,
      used.spent_unlimited + CASE WHEN token.max_spent_per_day IS NULL THEN spent ELSE 0 END);
  END IF;
  IF token.counts_users AND user_id IS NOT NULL THEN
    user_added := user_added + CASE WHEN token.max_added_per_user_per_day IS NULL THEN 0 ELSE added END;
    user_spent := user_spent + CASE WHEN token.max_spent_per_user_per_day IS NULL THEN 0 ELSE spent END;
    IF added + spent > 0 THEN
      used_by_user_after := ROW(user_id, token.root_id, today, user_added, user_spent);
    END IF;
  END IF;
  IF token.counts_days OR token.counts_users THEN
    limits := json_build_array(today + 1,
      token.max_added_per_day, used_after.added - used_after.added_unlimited,
      token.max_spent_per_day, used_after.spent - used_after.spent_unlimited,
      token.max_added_per_user_per_day, user_added, token.max_spent_per_user_per_day, user_spent);
  END IF;
END $$;
