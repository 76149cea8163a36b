-- The living users behind `from_points` and, among equals, behind the lower-case name `behind`: most points first.
--
-- Bracket by bracket, downwards; within one there are few to be sorted. A bracket of one number can hold any crowd, all
-- of whom have it: there the users are taken in the order of their names, and those who do not have it left out.
CREATE OR REPLACE FUNCTION "leaders"(most integer, from_points bigint, behind text) RETURNS TABLE (user_id uuid, points bigint)
  LANGUAGE plpgsql STABLE
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  crowd CONSTANT integer := 5000;
  lowest_of_many CONSTANT integer := 2048;
  level integer := bracket_of(from_points) + 1;
  missing integer := most;
  given integer;
BEGIN
  LOOP
    level := (SELECT max(b.bracket) FROM balances b WHERE b.bracket < level);
    EXIT WHEN level IS NULL;
    IF level < lowest_of_many AND EXISTS (SELECT FROM balances b WHERE b.bracket = level OFFSET crowd) THEN
      RETURN QUERY
        SELECT u.id, b.points
          FROM users u
         CROSS JOIN LATERAL (SELECT o.points FROM balances o WHERE o.user_id = u.id AND o.bracket = level OFFSET 0) b
         WHERE u.deleted_at IS NULL AND lower(u.username COLLATE "C") > CASE level WHEN from_points THEN behind ELSE '' END
         ORDER BY lower(u.username COLLATE "C") LIMIT missing;
    ELSE
      RETURN QUERY
        SELECT b.user_id, b.points
          FROM balances b JOIN users u ON u.id = b.user_id
         WHERE b.bracket = level AND u.deleted_at IS NULL
           AND (b.points < from_points OR (b.points = from_points AND lower(u.username COLLATE "C") > behind))
         ORDER BY b.points DESC, lower(u.username COLLATE "C") LIMIT missing;
    END IF;
    GET DIAGNOSTICS given = ROW_COUNT;
    missing := missing - given;
    EXIT WHEN missing = 0;
  END LOOP;
END $$;
