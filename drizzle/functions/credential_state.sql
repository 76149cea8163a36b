-- The state of a credential, given by the id of its token or session: see token_terms and session_state. No row: the
-- credential does not exist. Its names are resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "credential_state"(of_token uuid, of_session uuid, moment timestamptz)
  RETURNS TABLE (fault text, scopes text[], role text, terms text, is_restricted boolean) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT t.fault, t.scopes, NULL::text, t.terms, t.is_restricted FROM token_terms(of_token, moment) t
  UNION ALL
  SELECT s.fault, NULL::text[], s.role, NULL::text, false FROM session_state(of_session) s;
END;
