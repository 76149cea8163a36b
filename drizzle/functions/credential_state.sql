-- The state of a credential, given by the id of its token or session: a fault, or null while it is valid; the scopes of a
-- token; the role of a session's user; what the requests of a token are allowed by, as one text to compare. No row: the
-- credential does not exist. A token has expired or not at `moment`.
--
-- Every change calls it again after it has waited. It is inlined: one statement, STABLE, without settings. Its names are
-- resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "credential_state"(of_token uuid, of_session uuid, moment timestamptz)
  RETURNS TABLE (fault text, scopes text[], role text, facts text) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT CASE WHEN t.revoked_at IS NOT NULL OR u.deleted_at IS NOT NULL THEN 'TOKEN_REVOKED'
              WHEN t.expires_at <= moment THEN 'TOKEN_EXPIRED' END,
         t.scopes, NULL::text, t.owner_id || ' ' || t.scopes::text
    FROM tokens t JOIN users u ON u.id = t.owner_id WHERE t.id = of_token
  UNION ALL
  SELECT CASE WHEN s.ended_at IS NOT NULL OR u.deleted_at IS NOT NULL THEN 'TOKEN_REVOKED' END,
         NULL::text[], u.role, NULL::text
    FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = of_session;
END;
