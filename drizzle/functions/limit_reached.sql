-- The limit of a token that an addition or a spend would exceed, {limit, max} and of a daily one {used, retryAfterSeconds};
-- null: none. `used` and `by_user` hold what was counted on the same day; `moment` is now.
CREATE OR REPLACE FUNCTION "limit_reached"(kind text, points bigint, token token_terms, used token_day, by_user token_day,
    moment timestamptz) RETURNS json LANGUAGE plpgsql STABLE
  SET search_path = public, pg_temp
AS $$
DECLARE
  name text;
  max bigint;
  counted numeric;
BEGIN
  IF points > token.max_points_per_change THEN
    RETURN json_build_object('limit', 'maxPointsPerChange', 'max', token.max_points_per_change);
  ELSIF kind = 'ADD' AND used.added - used.added_unlimited + points > token.max_added_per_day THEN
    name := 'maxAddedPerDay';
    max := token.max_added_per_day;
    counted := used.added - used.added_unlimited;
  ELSIF kind = 'SPEND' AND used.spent - used.spent_unlimited + points > token.max_spent_per_day THEN
    name := 'maxSpentPerDay';
    max := token.max_spent_per_day;
    counted := used.spent - used.spent_unlimited;
  ELSIF kind = 'ADD' AND by_user.added + points > token.max_added_per_user_per_day THEN
    name := 'maxAddedPerUserPerDay';
    max := token.max_added_per_user_per_day;
    counted := by_user.added;
  ELSIF kind = 'SPEND' AND by_user.spent + points > token.max_spent_per_user_per_day THEN
    name := 'maxSpentPerUserPerDay';
    max := token.max_spent_per_user_per_day;
    counted := by_user.spent;
  ELSE
    RETURN NULL;
  END IF;
  RETURN json_build_object('limit', name, 'max', max, 'used', counted, 'retryAfterSeconds',
    greatest(ceil(extract(epoch FROM day_end(coalesce(used.day, by_user.day)) - moment)), 1)::integer);
END $$;
