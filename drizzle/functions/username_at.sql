-- The name of a user when one of the user's entries was written. Its names are resolved when it is created.
CREATE OR REPLACE FUNCTION "username_at"(of_user uuid, at_sequence integer, current_name text) RETURNS text
  LANGUAGE sql STABLE
  RETURN coalesce(
    (SELECT f.username FROM former_usernames f WHERE f.user_id = of_user AND f.until_sequence >= at_sequence
      ORDER BY f.until_sequence, f.until LIMIT 1),
    current_name);
