-- As before, in a language whose functions are parsed once for each connection. One in SQL is put into the expression of
-- the column that it computes, for which its text is parsed again with every statement: half of the time of an update.
CREATE OR REPLACE FUNCTION "bracket_of"(points bigint) RETURNS integer LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  excess CONSTANT integer := greatest(length(ltrim(points::bit(64)::text, '0')) - 11, 0);
BEGIN
  RETURN 1024 * excess + (points >> excess);
END $$;
