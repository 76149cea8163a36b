-- The active users by points, highest first, then by name: those after `from_points` and the lower-case name `after_name`.
--
-- It reads downwards from the bracket `top`, each time the brackets that hold the next `span` balances, and sorts these.
-- Where deleted users leave rows missing, it continues below. A bracket of a single number of points can hold any number of
-- users. If it holds more than `max_sorted`, users are read in the order of names, and those of other brackets skipped.
--
-- OFFSET 0 makes PostgreSQL look up users one by one, in the order of points, until the page is full.
CREATE OR REPLACE FUNCTION "leaders"(max_rows integer, from_points bigint, after_name text) RETURNS TABLE (user_id uuid, points bigint)
  LANGUAGE plpgsql STABLE ROWS 20
  SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $$
DECLARE
  max_sorted CONSTANT integer := 5000;
  first_range CONSTANT integer := 2048;
  top integer := bracket_of(from_points);
  bottom integer;
  is_crowded boolean;
  span integer := max_rows;
  missing integer := max_rows;
  returned integer;
BEGIN
  WHILE missing > 0 AND top >= 0 LOOP
    SELECT f.bracket, f.bracket < first_range AND EXISTS (SELECT FROM balances b WHERE b.bracket = f.bracket OFFSET max_sorted)
      INTO bottom, is_crowded
      FROM (SELECT coalesce((SELECT b.bracket FROM balances b WHERE b.bracket <= top ORDER BY b.bracket DESC OFFSET span - 1 LIMIT 1), 0) AS bracket
            OFFSET 0) f;
    RETURN QUERY
      SELECT b.user_id, b.points
        FROM (SELECT o.user_id, o.points FROM balances o
               WHERE o.bracket BETWEEN bottom + is_crowded::integer AND top AND o.points <= from_points ORDER BY o.points DESC) b
       CROSS JOIN LATERAL (SELECT lower(u.username COLLATE "C") AS name FROM users u
                            WHERE u.id = b.user_id AND u.deleted_at IS NULL OFFSET 0) n
       WHERE b.points < from_points OR n.name > after_name
       ORDER BY b.points DESC, n.name LIMIT missing;
    GET DIAGNOSTICS returned = ROW_COUNT;
    missing := missing - returned;
    IF is_crowded AND missing > 0 THEN
      RETURN QUERY
        SELECT u.id, b.points
          FROM users u
         CROSS JOIN LATERAL (SELECT o.points FROM balances o WHERE o.user_id = u.id AND o.bracket = bottom OFFSET 0) b
         WHERE u.deleted_at IS NULL AND lower(u.username COLLATE "C") > CASE bottom WHEN from_points THEN after_name ELSE '' END
         ORDER BY lower(u.username COLLATE "C") LIMIT missing;
      GET DIAGNOSTICS returned = ROW_COUNT;
      missing := missing - returned;
    END IF;
    top := bottom - 1;
    span := least(2 * span, max_sorted);
  END LOOP;
END $$;
