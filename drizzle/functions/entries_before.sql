-- Everybody's entries behind the one that is named (null: all), newest first; those of one moment by user and sequence.
--
-- The index of dates knows stretches of the table, and no order. So spans of time are looked through, backwards: one that
-- holds few makes the next eight times as long, one that holds a crowd is cut to a quarter. Among ten million entries
-- that takes some milliseconds, or a tenth of a second where a crowd lies behind hours without any; an index that is in
-- order would make every write pay for it. What shares a moment was written by one statement, and so is no crowd.
CREATE OR REPLACE FUNCTION "entries_before"(most integer, behind_user uuid, behind_sequence integer) RETURNS SETOF entries
  LANGUAGE plpgsql STABLE
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off
AS $$
DECLARE
  crowd CONSTANT integer := 5000;
  moment CONSTANT interval := '1 microsecond';
  behind timestamptz := 'infinity';
  until timestamptz := 'infinity';
  since timestamptz;
  span interval := '1 second';
  found integer;
  missing integer := most;
BEGIN
  IF behind_user IS NOT NULL THEN
    behind := (SELECT e.created_at FROM entries e WHERE e.user_id = behind_user AND e.sequence = behind_sequence);
    until := behind + moment;
  END IF;
  WHILE behind IS NOT NULL LOOP
    since := least(until, clock_timestamp()) - span;
    found := (SELECT count(*) FROM (
      SELECT FROM entries e
       WHERE e.created_at >= since AND e.created_at < until
         AND (e.created_at, e.user_id, e.sequence) < (behind, behind_user, behind_sequence)
       LIMIT crowd) few);
    IF found = crowd AND span > moment THEN
      span := greatest(span / 4, moment);
      CONTINUE;
    END IF;
    RETURN QUERY
      SELECT e.* FROM entries e
       WHERE found > 0 AND e.created_at >= since AND e.created_at < until
         AND (e.created_at, e.user_id, e.sequence) < (behind, behind_user, behind_sequence)
       ORDER BY e.created_at DESC, e.user_id DESC, e.sequence DESC LIMIT missing;
    missing := missing - found;
    EXIT WHEN missing <= 0 OR since < 'epoch';
    until := since;
    span := span * 8;
  END LOOP;
END $$;
