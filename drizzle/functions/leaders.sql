-- The active users by points, highest first, then by name: those after `from_points` and the lower-case name `after_name`.
--
-- It reads bracket by bracket, downwards, and sorts each. A bracket of a single number of points can hold any number of
-- users. If it holds more than `max_sorted`, users are read in the order of names, and those of other brackets skipped.
CREATE OR REPLACE FUNCTION "leaders"(max_rows integer, from_points bigint, after_name text) RETURNS TABLE (user_id uuid, points bigint)
  LANGUAGE plpgsql STABLE
  SET search_path = public, pg_temp
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  max_sorted CONSTANT integer := 5000;
  first_range CONSTANT integer := 2048;
  level integer := bracket_of(from_points) + 1;
  missing integer := max_rows;
  returned integer;
BEGIN
  LOOP
    level := (SELECT max(b.bracket) FROM balances b WHERE b.bracket < level);
    EXIT WHEN level IS NULL;
    IF level < first_range AND EXISTS (SELECT FROM balances b WHERE b.bracket = level OFFSET max_sorted) THEN
      RETURN QUERY
        SELECT u.id, b.points
          FROM users u
         CROSS JOIN LATERAL (SELECT o.points FROM balances o WHERE o.user_id = u.id AND o.bracket = level OFFSET 0) b
         WHERE u.deleted_at IS NULL AND lower(u.username COLLATE "C") > CASE level WHEN from_points THEN after_name ELSE '' END
         ORDER BY lower(u.username COLLATE "C") LIMIT missing;
    ELSE
      RETURN QUERY
        SELECT b.user_id, b.points
          FROM balances b JOIN users u ON u.id = b.user_id
         WHERE b.bracket = level AND u.deleted_at IS NULL
           AND (b.points < from_points OR (b.points = from_points AND lower(u.username COLLATE "C") > after_name))
         ORDER BY b.points DESC, lower(u.username COLLATE "C") LIMIT missing;
    END IF;
    GET DIAGNOSTICS returned = ROW_COUNT;
    missing := missing - returned;
    EXIT WHEN missing = 0;
  END LOOP;
END $$;
