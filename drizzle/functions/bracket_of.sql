-- Numbers of points in brackets, in their order: 2,047 and less each their own, above that 1,024 to each power of two.
--
-- In PL/pgSQL, whose functions are parsed once per connection: PostgreSQL inlines a function in SQL into the expression of
-- the generated column and parses it again with every statement, which took half of the time of an update.
CREATE OR REPLACE FUNCTION "bracket_of"(points bigint) RETURNS integer LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  excess CONSTANT integer := greatest(length(ltrim(points::bit(64)::text, '0')) - 11, 0);
BEGIN
  RETURN 1024 * excess + (points >> excess);
END $$;
