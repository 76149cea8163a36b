-- entries_between for nodes of earlier releases. Its names are resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "entries_before"(max_rows integer, before_user uuid, before_sequence integer) RETURNS SETOF entries
  LANGUAGE sql STABLE
  BEGIN ATOMIC
    SELECT * FROM entries_between(max_rows, before_user, before_sequence, NULL, NULL);
  END;
