-- apply_changes for nodes of earlier releases. Its names are resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "apply_points"(operations jsonb, wait_milliseconds integer) RETURNS SETOF jsonb LANGUAGE sql
BEGIN ATOMIC
  SELECT c.result::jsonb FROM apply_changes(operations, wait_milliseconds) AS c(result);
END;
