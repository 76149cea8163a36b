-- The state of an app token: a fault, or null while it is valid; its scopes. No row: the token does not exist. It has expired
-- or not at `moment`.
--
-- Every change calls it after it has waited. It is inlined: one statement, STABLE, without settings. Its names are
-- resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "token_state"(of_token uuid, moment timestamptz)
  RETURNS TABLE (fault text, scopes text[]) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT CASE WHEN t.revoked_at IS NOT NULL OR u.deleted_at IS NOT NULL THEN 'TOKEN_REVOKED'
              WHEN t.expires_at <= moment THEN 'TOKEN_EXPIRED' END,
         t.scopes
    FROM tokens t JOIN users u ON u.id = t.owner_id WHERE t.id = of_token;
END;
