-- The name of a user at a time. Its names are resolved when it is created.
CREATE OR REPLACE FUNCTION "username_when"(of_user uuid, moment timestamptz, current_name text) RETURNS text
  LANGUAGE sql STABLE
  RETURN coalesce(
    (SELECT f.username FROM former_usernames f WHERE f.user_id = of_user AND f.until > moment ORDER BY f.until LIMIT 1),
    current_name);
