-- The state of a credential, given by the id of its token or session: see token_state and session_state. No row: the
-- credential does not exist. Its names are resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "credential_state"(of_token uuid, of_session uuid, moment timestamptz)
  RETURNS TABLE (fault text, scopes text[], role text) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT t.fault, t.scopes, NULL::text FROM token_state(of_token, moment) t
  UNION ALL
  SELECT s.fault, NULL::text[], s.role FROM session_state(of_session) s;
END;
