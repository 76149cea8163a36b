-- Whether an app token has limits, networks or documents.
CREATE OR REPLACE FUNCTION "is_restricted"(token tokens) RETURNS boolean LANGUAGE sql STABLE
  RETURN token.has_documents OR num_nonnulls(token.networks, token.max_points_per_change, token.max_added_per_day,
    token.max_spent_per_day, token.max_added_per_user_per_day, token.max_spent_per_user_per_day,
    token.requests_per_minute) > 0;
