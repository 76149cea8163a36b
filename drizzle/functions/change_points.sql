-- Applies one change of points, as apply_changes does, for half of its cost: one statement each to lock, to insert and to
-- update, without lists. See decide_change for the change and the result, and apply_changes for the locks.
--
-- wait_milliseconds: how long to wait for each lock that another transaction holds, before the call fails.
--                    0: do not wait; a change that needs such a lock is BUSY. Then the counter of its token is waited for,
--                    0.1 s, and otherwise not: see apply_changes.
--
-- Nodes of earlier releases call it without the last arguments. A new argument is added at the end, with a default.
CREATE OR REPLACE FUNCTION "change_points"(wait_milliseconds integer, kind text, user_id uuid, username text, points bigint,
    reverses integer, reason text, owner_id uuid, token_id uuid, session_id uuid, role text, scopes text,
    idempotency_key text, retried boolean, issuer text DEFAULT NULL, external_id text DEFAULT NULL,
    reference text DEFAULT NULL, metadata jsonb DEFAULT NULL, effective_at timestamptz DEFAULT NULL)
  RETURNS json LANGUAGE plpgsql
  SET search_path = public, pg_temp
  -- Planned once and always by key, whatever the statistics are.
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  change CONSTANT requested_change := ROW(kind, user_id, username, issuer, external_id, points, reverses, reason, reference,
    metadata, effective_at, owner_id, token_id, session_id, role, scopes, idempotency_key, retried);
  account uuid := change.user_id;
  has_credential CONSTANT boolean := coalesce(change.token_id, change.session_id) IS NOT NULL;
  balance bigint;
  last_sequence integer;
  last_entry_at timestamptz;
  is_locked boolean;
  found_user users;
  moment timestamptz;
  found_token record;
  is_valid boolean;
  token token_terms;
  used token_day;
  decision record;
BEGIN
  IF change.external_id IS NOT NULL AND account IS NULL THEN
    SELECT x.user_id INTO account FROM external_ids x
     WHERE x.issuer = change.issuer AND x.external_id = change.external_id;
  ELSIF account IS NULL THEN
    SELECT u.id INTO account FROM users u
     WHERE lower(u.username COLLATE "C") = lower(change.username COLLATE "C") AND u.deleted_at IS NULL;
  END IF;
  IF wait_milliseconds = 0 THEN
    SELECT b.points, b.sequence, b.last_entry_at INTO balance, last_sequence, last_entry_at FROM balances b
     WHERE b.user_id = account FOR NO KEY UPDATE SKIP LOCKED;
    is_locked := FOUND
      AND (NOT has_credential OR pg_try_advisory_xact_lock_shared(uuid_hash_extended(change.owner_id, 0)));
  ELSE
    PERFORM set_config('lock_timeout', wait_milliseconds || 'ms', true);
    SELECT b.points, b.sequence, b.last_entry_at INTO balance, last_sequence, last_entry_at FROM balances b
     WHERE b.user_id = account FOR NO KEY UPDATE;
    is_locked := FOUND;
    IF has_credential THEN
      PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(change.owner_id, 0));
    END IF;
  END IF;
  -- Not now(): the transaction may have begun before the entries that the locks waited for.
  moment := clock_timestamp();

  SELECT u.* INTO found_user FROM users u WHERE u.id = account;
  IF change.token_id IS NOT NULL THEN
    -- The limits only where there are some, so that a token without them does not pay for them.
    SELECT t.fault IS NULL AND (change.scopes IS NULL OR t.terms = change.scopes) AS is_valid,
           CASE WHEN t.limits_points THEN t END AS limited
      INTO found_token FROM token_terms(change.token_id, moment) t;
    is_valid := found_token.is_valid;
    token := found_token.limited;
  END IF;
  IF token.limits_points THEN
    IF token.counts_days AND is_locked AND wait_milliseconds = 0 THEN
      PERFORM set_config('lock_timeout', '100ms', true);
      SELECT c.root_id, c.day, c.added, c.spent, c.added_unlimited, c.spent_unlimited INTO used
        FROM token_counters c WHERE c.root_id = token.root_id FOR NO KEY UPDATE;
    END IF;
    IF token.counts_days AND is_locked AND used.root_id IS NULL THEN
      used := (lock_token_days(ARRAY[token.root_id], 0))[1];
    END IF;
    decision := decide_limited_change(change, is_valid, token, used, found_user.id, is_locked, found_user, balance,
      last_sequence, last_entry_at, moment, 1);
    IF decision.delta IS NOT NULL AND token.counts_days THEN
      used := decision.used_after;
      UPDATE token_counters c SET day = used.day, added = used.added, spent = used.spent,
                                  added_unlimited = used.added_unlimited, spent_unlimited = used.spent_unlimited
       WHERE c.root_id = used.root_id;
    END IF;
  ELSE
    decision := decide_change(change, is_valid, NULL, NULL, found_user.id, is_locked, found_user, balance, last_sequence,
      last_entry_at, moment, 1);
  END IF;
  IF decision.delta IS NOT NULL THEN
    INSERT INTO entries (user_id, sequence, kind, delta, balance_after, reason, reverses, owner_id, token_id,
                         idempotency_key, created_at, effective_at, reference, metadata)
    VALUES (account, last_sequence + 1, change.kind, decision.delta, balance + decision.delta, change.reason,
            change.reverses, change.owner_id, change.token_id, change.idempotency_key, decision.written_at,
            decision.made_at, change.reference, change.metadata);
    UPDATE balances b SET points = balance + decision.delta, sequence = last_sequence + 1,
                          last_entry_at = coalesce(decision.made_at, decision.written_at)
     WHERE b.user_id = account;
  END IF;
  RETURN decision.result;
END $$;
