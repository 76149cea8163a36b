-- entries_between for nodes of earlier releases. In PL/pgSQL, so that a new column of entries is in its result.
CREATE OR REPLACE FUNCTION "entries_before"(max_rows integer, before_user uuid, before_sequence integer) RETURNS SETOF entries
  LANGUAGE plpgsql STABLE
  SET search_path = public, pg_temp
AS $$
BEGIN
  RETURN QUERY SELECT b.* FROM entries_between(max_rows, before_user, before_sequence, NULL, NULL) b;
END $$;
