-- A daily limit with what is used of it, as JSON; null: there is none, or nothing is known of its use. resets_on: the day after,
-- as YYYY-MM-DD.
CREATE OR REPLACE FUNCTION "daily_limit"(name text, max bigint, used numeric, resets_on text) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN '{"limit":"' || name || '","max":' || max || ',"used":' || used || ',"resetsAt":"' || resets_on || 'T00:00:00.000Z"}';
