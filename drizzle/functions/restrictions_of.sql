-- What the requests of an app token are checked against beside its scopes, as the type Restrictions of the code; null: nothing.
CREATE OR REPLACE FUNCTION "restrictions_of"(token tokens) RETURNS json LANGUAGE sql STABLE
  RETURN CASE WHEN is_restricted(token) THEN json_build_object(
    'rootId', coalesce(token.root_id, token.id), 'requestsPerMinute', token.requests_per_minute,
    'countsDays', num_nonnulls(token.max_added_per_day, token.max_spent_per_day) > 0,
    'networks', to_json(coalesce(token.networks, '{}')::text[]), 'hasDocuments', token.has_documents) END;
