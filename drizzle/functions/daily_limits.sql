-- The daily limits of a token with what is used of each, [{limit, max, used, resetsAt}]; null: it has none. `used` and `by_user`
-- hold what was counted on the same day; those of a user are told of one user only.
CREATE OR REPLACE FUNCTION "daily_limits"(token token_terms, used token_day, by_user token_day) RETURNS jsonb LANGUAGE sql STABLE
  SET search_path = public, pg_temp
AS $$
  SELECT jsonb_agg(jsonb_build_object('limit', l.name, 'max', l.max, 'used', l.counted,
           'resetsAt', day_end(coalesce((used).day, (by_user).day))) ORDER BY l.position)
    FROM (VALUES
      (1, 'maxAddedPerDay', (token).max_added_per_day, (used).added - (used).added_unlimited),
      (2, 'maxSpentPerDay', (token).max_spent_per_day, (used).spent - (used).spent_unlimited),
      (3, 'maxAddedPerUserPerDay', (token).max_added_per_user_per_day, (by_user).added),
      (4, 'maxSpentPerUserPerDay', (token).max_spent_per_user_per_day, (by_user).spent)) AS l(position, name, max, counted)
   WHERE l.max IS NOT NULL AND l.counted IS NOT NULL;
$$;
