-- Applies one change of points, as apply_changes does, for half of its cost: one statement each to lock, to insert and to
-- update, without lists. See decide_change for the change and the result, and apply_changes for the locks.
--
-- wait_milliseconds: how long to wait for each lock that another transaction holds, before the call fails.
--                    0: do not wait; a change that needs such a lock is BUSY.
CREATE OR REPLACE FUNCTION "apply_change"(change points_change, wait_milliseconds integer) RETURNS json LANGUAGE plpgsql
  SET search_path = public, pg_temp
  -- Planned once and always by key, whatever the statistics are.
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  account uuid := change.user_id;
  has_credential CONSTANT boolean := coalesce(change.token_id, change.session_id) IS NOT NULL;
  balance bigint;
  last_sequence integer;
  is_locked boolean;
  found_user users;
  moment timestamptz;
  decision record;
BEGIN
  IF account IS NULL THEN
    SELECT u.id INTO account FROM users u
     WHERE lower(u.username COLLATE "C") = lower(change.username COLLATE "C") AND u.deleted_at IS NULL;
  END IF;
  IF wait_milliseconds = 0 THEN
    SELECT b.points, b.sequence INTO balance, last_sequence FROM balances b
     WHERE b.user_id = account FOR NO KEY UPDATE SKIP LOCKED;
    is_locked := FOUND
      AND (NOT has_credential OR pg_try_advisory_xact_lock_shared(uuid_hash_extended(change.owner_id, 0)));
  ELSE
    PERFORM set_config('lock_timeout', wait_milliseconds || 'ms', true);
    SELECT b.points, b.sequence INTO balance, last_sequence FROM balances b WHERE b.user_id = account FOR NO KEY UPDATE;
    is_locked := FOUND;
    IF has_credential THEN
      PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(change.owner_id, 0));
    END IF;
  END IF;
  -- Not now(): the transaction may have begun before the entries that the locks waited for.
  moment := clock_timestamp();

  SELECT u.* INTO found_user FROM users u WHERE u.id = account;
  decision := decide_change(change, found_user.id, is_locked, found_user, balance, last_sequence, moment, 1);
  IF decision.delta IS NOT NULL THEN
    INSERT INTO entries (user_id, sequence, kind, delta, balance_after, reason, reverses, owner_id, token_id,
                         idempotency_key, created_at)
    VALUES (account, last_sequence + 1, change.kind, decision.delta, balance + decision.delta, change.reason,
            change.reverses, change.owner_id, change.token_id, change.idempotency_key, moment);
    UPDATE balances b SET points = balance + decision.delta, sequence = last_sequence + 1 WHERE b.user_id = account;
  END IF;
  RETURN decision.result;
END $$;
