-- A daily limit that a change would exceed, as decide_change tells it.
CREATE OR REPLACE FUNCTION "exceeded_limit"(name text, max bigint, used numeric, moment timestamptz, resets_at timestamptz)
  RETURNS json LANGUAGE sql STABLE
  RETURN json_build_object('limit', name, 'max', max, 'used', used, 'retryAfterSeconds',
    greatest(ceil(extract(epoch FROM resets_at - moment)), 1)::integer);
