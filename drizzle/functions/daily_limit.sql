-- A daily limit with what is used of it, as JSON; null: there is none, or nothing is known of its use.
CREATE OR REPLACE FUNCTION "daily_limit"(name text, max bigint, used numeric, resets_at timestamptz)
  RETURNS text LANGUAGE sql STABLE
  RETURN '{"limit":"' || name || '","max":' || max || ',"used":' || used || ',"resetsAt":' || to_json(resets_at) || '}';
