-- oldest-code: 0.1.0
-- Names of users are folded in the collation "C", that is in ASCII, of which they consist. In the database's own language
-- IRIS and iris may be two names: in Turkish the lower case of I is a dotless ı. What that let in is refused here, before
-- anything changes; from the lock on no name changes until the index keeps them apart.
--
-- users_have_unique_names stays for nodes of release 0.1.0, which look names up by it. It never refuses what the new index
-- allows.
LOCK TABLE "users" IN SHARE MODE;
--> statement-breakpoint
DO $$
DECLARE
  doubles text;
BEGIN
  SELECT string_agg(format('the users %s (%s) and %s (%s) have the same name', a.id, a.username, b.id, b.username), '; '
           ORDER BY a.id, b.id)
    INTO doubles
    FROM (SELECT a.id, a.username, min(b.id::text)::uuid AS other
            FROM users a JOIN users b ON lower(b.username COLLATE "C") = lower(a.username COLLATE "C") AND b.id > a.id
           WHERE a.deleted_at IS NULL AND b.deleted_at IS NULL
           GROUP BY a.id ORDER BY a.id LIMIT 10) a
    JOIN users b ON b.id = a.other;
  IF doubles IS NOT NULL THEN
    RAISE EXCEPTION '%. Rename one of them: scrip user rename ID NAME', doubles USING ERRCODE = 'unique_violation';
  END IF;
END $$;
--> statement-breakpoint
CREATE UNIQUE INDEX "users_username_key" ON "users" USING btree (lower("username" COLLATE "C")) WHERE "users"."deleted_at" is null;
--> statement-breakpoint
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
