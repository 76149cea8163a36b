-- A daily limit that a change would exceed, as decide_change tells it. It resets when `today` ends in UTC.
CREATE OR REPLACE FUNCTION "exceeded_limit"(name text, max bigint, used numeric, moment timestamptz, today date)
  RETURNS json LANGUAGE sql STABLE
  RETURN json_build_object('limit', name, 'max', max, 'used', used, 'retryAfterSeconds',
    greatest(ceil(extract(epoch FROM (today + 1)::timestamp AT TIME ZONE 'UTC' - moment)), 1)::integer);
