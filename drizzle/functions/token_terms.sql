-- The state of an app token and its limits. fault: null while it is valid; it has expired or not at `moment`. terms: see
-- terms_of. root_id: the token whose counters it uses. limits_points: it has some limit of points; counts_days: one for a day
-- over all users; counts_users: one for a day and a user. No row: the token does not exist.
--
-- Every change calls it after it has waited. It is inlined: one statement, STABLE, without settings. Its names are
-- resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "token_terms"(of_token uuid, moment timestamptz) RETURNS SETOF token_terms LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT t.id,
         CASE WHEN t.revoked_at IS NOT NULL OR u.deleted_at IS NOT NULL THEN 'TOKEN_REVOKED'
              WHEN t.expires_at <= moment THEN 'TOKEN_EXPIRED'
              WHEN t.paused_at IS NOT NULL THEN 'TOKEN_PAUSED' END,
         t.scopes, terms_of(t), coalesce(t.root_id, t.id),
         t.max_points_per_change, t.max_added_per_day, t.max_spent_per_day,
         t.max_added_per_user_per_day, t.max_spent_per_user_per_day,
         num_nonnulls(t.max_points_per_change, t.max_added_per_day, t.max_spent_per_day,
           t.max_added_per_user_per_day, t.max_spent_per_user_per_day) > 0,
         num_nonnulls(t.max_added_per_day, t.max_spent_per_day) > 0,
         num_nonnulls(t.max_added_per_user_per_day, t.max_spent_per_user_per_day) > 0,
         is_restricted(t)
    FROM tokens t JOIN users u ON u.id = t.owner_id WHERE t.id = of_token;
END;
