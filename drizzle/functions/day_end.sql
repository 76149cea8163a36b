-- When a day of UTC ends.
CREATE OR REPLACE FUNCTION "day_end"(day date) RETURNS timestamptz LANGUAGE sql IMMUTABLE
  RETURN (day + 1)::timestamp AT TIME ZONE 'UTC';
