-- A result of decide_change that wrote no entry, with the daily limits of the token. Not jsonb, which would take the result
-- apart: 30 µs.
CREATE OR REPLACE FUNCTION "with_limits"(result json, limits json) RETURNS json LANGUAGE sql IMMUTABLE
RETURN coalesce(('{"limits":' || limits::text || ',' || substr(result::text, 2))::json, result);
