-- A trigger for users who are deleted, whichever release deletes them: their open holds end. The transaction has locked the
-- balance before.
CREATE OR REPLACE FUNCTION "release_holds"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  moment CONSTANT timestamptz := clock_timestamp();
BEGIN
  UPDATE holds h SET state = CASE WHEN h.expires_at <= moment THEN 'EXPIRED' ELSE 'RELEASED' END,
                     ended_at = least(h.expires_at, moment), end_written_at = moment
   WHERE h.user_id = NEW.id AND h.state = 'HELD';
  UPDATE balances b SET held = 0, holds_until = NULL WHERE b.user_id = NEW.id AND b.held > 0;
  RETURN NULL;
END $$;
