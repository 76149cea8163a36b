-- Counts requests of a token, and of all that it was rotated to and from, in the current minute of the database's clock.
-- allowed: how many of them are within the limit, which alone are counted. remaining: how many more would be. reset_ms: the
-- milliseconds until the minute ends.
CREATE OR REPLACE FUNCTION "count_requests"(of_root uuid, amount integer, max_requests integer,
    OUT allowed integer, OUT remaining integer, OUT reset_ms integer) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  counted record;
  moment timestamptz;
  this_minute timestamptz;
BEGIN
  LOOP
    INSERT INTO token_requests (root_id, minute, requests) VALUES (of_root, 'epoch', 0) ON CONFLICT DO NOTHING;
    SELECT r.minute, r.requests INTO counted FROM token_requests r WHERE r.root_id = of_root FOR NO KEY UPDATE;
    EXIT WHEN FOUND; -- else it was deleted meanwhile, as one of a day ago
  END LOOP;
  -- Not now(): the lock may have been waited for. The clock may have gone back.
  moment := greatest(clock_timestamp(), counted.minute);
  this_minute := date_trunc('minute', moment);
  IF counted.minute < this_minute THEN
    counted.requests := 0;
  END IF;
  allowed := least(amount, greatest(max_requests - counted.requests, 0));
  remaining := greatest(max_requests - counted.requests - allowed, 0);
  reset_ms := ceil(extract(epoch FROM this_minute + interval '1 minute' - moment) * 1000);
  IF allowed > 0 THEN
    UPDATE token_requests r SET minute = this_minute, requests = counted.requests + allowed WHERE r.root_id = of_root;
  END IF;
END $$;
