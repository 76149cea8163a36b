-- What a user was called when an entry of theirs was written.
CREATE OR REPLACE FUNCTION "username_at"(of_user uuid, at_sequence integer, now_called text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT username FROM former_usernames WHERE user_id = of_user AND until_sequence >= at_sequence
      ORDER BY until_sequence LIMIT 1),
    now_called)
$$;
