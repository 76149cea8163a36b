-- Locks the counters of tokens, in the order of their ids, and returns those that were locked. The caller has locked everything
-- else before.
--
-- wait_milliseconds: how long to wait for each counter that another transaction holds, before the call fails.
--                    0: do not wait, and leave such counters out.
CREATE OR REPLACE FUNCTION "lock_token_days"(root_ids uuid[], wait_milliseconds integer) RETURNS token_day[] LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  only_one token_day;
BEGIN
  PERFORM set_config('lock_timeout', greatest(wait_milliseconds, 100) || 'ms', true); -- also for a row that is being inserted
  -- Most calls are for one counter, which exists.
  IF cardinality(root_ids) = 1 AND wait_milliseconds > 0 THEN
    SELECT c.root_id, c.day, c.added, c.spent, c.added_unlimited, c.spent_unlimited INTO only_one
      FROM token_counters c WHERE c.root_id = root_ids[1] FOR NO KEY UPDATE;
    IF FOUND THEN
      RETURN ARRAY[only_one];
    END IF;
  END IF;
  INSERT INTO token_counters (root_id, day)
  SELECT r.id, 'epoch' FROM unnest(root_ids) AS r(id)
   WHERE NOT EXISTS (SELECT FROM token_counters c WHERE c.root_id = r.id) ORDER BY r.id
      ON CONFLICT DO NOTHING;
  IF wait_milliseconds = 0 THEN
    RETURN ARRAY(
      SELECT ROW(c.root_id, c.day, c.added, c.spent, c.added_unlimited, c.spent_unlimited)::token_day
        FROM token_counters c WHERE c.root_id = ANY (root_ids) ORDER BY c.root_id FOR NO KEY UPDATE SKIP LOCKED);
  END IF;
  RETURN ARRAY(
    SELECT ROW(c.root_id, c.day, c.added, c.spent, c.added_unlimited, c.spent_unlimited)::token_day
      FROM token_counters c WHERE c.root_id = ANY (root_ids) ORDER BY c.root_id FOR NO KEY UPDATE);
END $$;
