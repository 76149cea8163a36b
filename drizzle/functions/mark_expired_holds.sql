-- Ends expired holds of up to max_users users, so that lists of them by state tell it: everything else tells it by the clock.
-- Returns the number of users. It passes over users whose balance another transaction has locked, and so never waits.
CREATE OR REPLACE FUNCTION "mark_expired_holds"(max_users integer) RETURNS integer LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  moment CONSTANT timestamptz := clock_timestamp();
  expired_user uuid;
  account ledger_account;
  users integer := 0;
BEGIN
  FOR expired_user IN
    SELECT h.user_id FROM holds h WHERE h.state = 'HELD' AND h.expires_at <= moment
     GROUP BY h.user_id ORDER BY min(h.expires_at) LIMIT max_users
  LOOP
    SELECT b.user_id, b.points, b.sequence, b.last_entry_at, b.held, b.holds_until, b.last_hold INTO account FROM balances b
     WHERE b.user_id = expired_user FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND THEN
      PERFORM end_expired_holds(account, moment);
      users := users + 1;
    END IF;
  END LOOP;
  RETURN users;
END $$;
