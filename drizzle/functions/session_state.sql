-- The state of a session: a fault, or null while it is valid; the role of its user. No row: the session does not exist.
-- Inlined, as token_state is.
CREATE OR REPLACE FUNCTION "session_state"(of_session uuid) RETURNS TABLE (fault text, role text) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT CASE WHEN s.ended_at IS NOT NULL OR u.deleted_at IS NOT NULL THEN 'TOKEN_REVOKED' END, u.role
    FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = of_session;
END;
