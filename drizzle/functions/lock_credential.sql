-- Locks a credential, so that it cannot end before the transaction does, and returns its state under the lock.
--
-- knows_restrictions: false for nodes of earlier releases, which call it without. They would issue tokens, and set passwords,
--                     by a token with limits, networks or documents: it counts as invalid there.
CREATE OR REPLACE FUNCTION "lock_credential"(of_token uuid, of_session uuid, knows_restrictions boolean DEFAULT false)
  RETURNS TABLE (fault text, scopes text[], role text, terms text, is_restricted boolean) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  PERFORM FROM tokens t WHERE t.id = of_token FOR SHARE;
  PERFORM FROM sessions s WHERE s.id = of_session FOR SHARE;
  -- A separate statement, whose snapshot is from after the lock. Not now(): a rotation may have ended the token while the
  -- transaction waited.
  RETURN QUERY
    SELECT CASE WHEN c.fault IS NULL AND c.is_restricted AND NOT knows_restrictions THEN 'TOKEN_INVALID' ELSE c.fault END,
           c.scopes, c.role, c.terms, c.is_restricted
      FROM credential_state(of_token, of_session, clock_timestamp()) c;
END $$;
