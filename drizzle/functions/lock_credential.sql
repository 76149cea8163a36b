-- Locks a credential against its end until the transaction ends, and says what it is worth then.
CREATE OR REPLACE FUNCTION "lock_credential"(of_token uuid, of_session uuid)
  RETURNS TABLE (fault text, scopes text[], role text) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  PERFORM FROM tokens t WHERE t.id = of_token FOR SHARE;
  PERFORM FROM sessions s WHERE s.id = of_session FOR SHARE;
  -- A statement of its own, with a snapshot of after the lock; and the clock, since a rotation may have ended the token
  -- while the transaction waited.
  RETURN QUERY SELECT * FROM credential_state(of_token, of_session, clock_timestamp());
END $$;
