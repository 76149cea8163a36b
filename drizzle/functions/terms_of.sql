-- What a request of an app token is checked against before it changes anything, as text: the scopes, the networks, whether it
-- runs certain documents only, and whether its requests are counted.
CREATE OR REPLACE FUNCTION "terms_of"(token tokens) RETURNS text LANGUAGE sql STABLE
  RETURN concat_ws(' ', token.scopes::text, token.networks::text, CASE WHEN token.has_documents THEN 'documents' END,
    CASE WHEN token.requests_per_minute IS NOT NULL THEN 'counted' END);
