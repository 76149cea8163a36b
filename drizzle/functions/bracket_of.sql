-- The bracket of a number of points, in ascending order: up to 2,047 points one bracket per number, above that 1,024
-- brackets per power of two.
--
-- In PL/pgSQL, which is parsed once per connection. PostgreSQL inlines an SQL function into the expression of the generated
-- column and parses it again with every statement, which took half of the time of an update.
-- Without a search_path, which takes 4 % of the time of a change of points: everything in it is in pg_catalog.
CREATE OR REPLACE FUNCTION "bracket_of"(points bigint) RETURNS integer LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  excess CONSTANT integer := greatest(length(ltrim(points::bit(64)::text, '0')) - 11, 0);
BEGIN
  RETURN 1024 * excess + (points >> excess);
END $$;
