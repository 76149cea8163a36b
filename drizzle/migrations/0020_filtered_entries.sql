-- oldest-code: 0.1.0
-- Functions that find the entries of a period. Nodes of earlier releases call entries_before as before.
-- The entries of all users before the given one (null: all), newest first; those of one moment by user and sequence. Only
-- those written from `from_time` (null: from the first) until before `to_time` (null: until now).
--
-- The BRIN index of dates finds ranges of the table, and no order. So the function searches spans of time backwards: after
-- a span with few entries the next one is eight times as long, and a span with more than `max_in_span` is cut to a quarter.
-- Among ten million entries that takes some milliseconds, or 0.1 s if many entries follow hours without any; a B-tree
-- would cost every write. The entries of one moment were written by one statement, and so are few.
CREATE OR REPLACE FUNCTION "entries_between"(max_rows integer, before_user uuid, before_sequence integer,
    from_time timestamptz, to_time timestamptz) RETURNS SETOF entries
  LANGUAGE plpgsql STABLE
  SET search_path = public, pg_temp
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off
AS $$
DECLARE
  max_in_span CONSTANT integer := 5000;
  moment CONSTANT interval := '1 microsecond';
  -- Nothing was written before.
  earliest CONSTANT timestamptz := greatest(from_time, 'epoch');
  before timestamptz := 'infinity';
  until timestamptz := coalesce(to_time, 'infinity');
  since timestamptz;
  span interval := '1 second';
  found integer;
  missing integer := max_rows;
BEGIN
  IF before_user IS NOT NULL THEN
    before := (SELECT e.created_at FROM entries e WHERE e.user_id = before_user AND e.sequence = before_sequence);
    until := least(until, before + moment);
  END IF;
  WHILE before IS NOT NULL AND missing > 0 AND until > earliest LOOP
    since := greatest(least(until, clock_timestamp()) - span, earliest);
    found := (SELECT count(*) FROM (
      SELECT FROM entries e
       WHERE e.created_at >= since AND e.created_at < until
         AND (e.created_at, e.user_id, e.sequence) < (before, before_user, before_sequence)
       LIMIT max_in_span) counted);
    IF found = max_in_span AND span > moment THEN
      span := greatest(span / 4, moment);
      CONTINUE;
    END IF;
    RETURN QUERY
      SELECT e.* FROM entries e -- the row type of the result
       WHERE found > 0 AND e.created_at >= since AND e.created_at < until
         AND (e.created_at, e.user_id, e.sequence) < (before, before_user, before_sequence)
       ORDER BY e.created_at DESC, e.user_id DESC, e.sequence DESC LIMIT missing;
    missing := missing - found;
    until := since;
    span := span * 8;
  END LOOP;
END $$;
--> statement-breakpoint
-- entries_between for nodes of earlier releases. In PL/pgSQL, so that a new column of entries is in its result.
CREATE OR REPLACE FUNCTION "entries_before"(max_rows integer, before_user uuid, before_sequence integer) RETURNS SETOF entries
  LANGUAGE plpgsql STABLE
  SET search_path = public, pg_temp
AS $$
BEGIN
  RETURN QUERY SELECT b.* FROM entries_between(max_rows, before_user, before_sequence, NULL, NULL) b;
END $$;
--> statement-breakpoint
-- The sequence of a user's last entry that was made before a moment (null: of the last entry); 0: there is none.
--
-- The times of a user's entries never decrease with the sequence, so that the primary key can be searched by halves: 20 rows
-- among a million entries.
CREATE OR REPLACE FUNCTION "sequence_before"(of_user uuid, moment timestamptz) RETURNS integer
  LANGUAGE plpgsql STABLE
  SET search_path = public, pg_temp
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $$
DECLARE
  low integer := 0;
  high integer := coalesce((SELECT b.sequence FROM balances b WHERE b.user_id = of_user), 0);
  middle integer;
BEGIN
  WHILE moment IS NOT NULL AND low < high LOOP
    middle := high - (high - low) / 2;
    IF (SELECT coalesce(e.effective_at, e.created_at) FROM entries e
         WHERE e.user_id = of_user AND e.sequence = middle) < moment THEN
      low := middle;
    ELSE
      high := middle - 1;
    END IF;
  END LOOP;
  RETURN high;
END $$;
--> statement-breakpoint
-- Who could call the functions of before may call those that they call now, also where default privileges give it to none.
DO $$
DECLARE
  callers text;
BEGIN
  SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ')
    INTO callers
    FROM pg_proc p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
   WHERE p.oid = 'apply_points(jsonb, integer)'::regprocedure AND a.privilege_type = 'EXECUTE';
  EXECUTE 'GRANT EXECUTE ON FUNCTION entries_between, sequence_before TO ' || callers;
END $$;
