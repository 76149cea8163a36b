-- Applies one change of points of one user, as apply_changes does, for half of its cost: one statement each to lock, to insert
-- and to update, without lists. See decide_change for the change and the result, and apply_changes for the locks. The reversal
-- of a transfer it leaves to apply_changes.
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
    metadata, effective_at, owner_id, token_id, session_id, role, scopes, idempotency_key, retried, NULL, NULL, NULL, NULL, NULL,
    NULL);
  account_id uuid := change.user_id;
  has_credential CONSTANT boolean := coalesce(change.token_id, change.session_id) IS NOT NULL;
  account ledger_account;
  is_locked boolean;
  found_user users;
  moment timestamptz;
  found_token record;
  is_valid boolean;
  token token_terms;
  used token_day;
  used_by_user token_user_day;
  usage record; -- of the limits of the token
  decision record;
BEGIN
  IF reverses IS NOT NULL THEN
    PERFORM FROM entries e
     WHERE e.user_id = change.user_id AND e.sequence = change.reverses AND e.counterpart_user_id IS NOT NULL;
    IF FOUND THEN
      RETURN (SELECT apply_changes(jsonb_build_array(jsonb_build_object('kind', change.kind, 'userId', change.user_id,
        'reverses', change.reverses, 'reason', change.reason, 'ownerId', change.owner_id, 'tokenId', change.token_id,
        'sessionId', change.session_id, 'role', change.role, 'scopes', change.scopes,
        'idempotencyKey', change.idempotency_key, 'retried', change.retried, 'reference', change.reference,
        'metadata', change.metadata, 'effectiveAt', change.effective_at)), wait_milliseconds));
    END IF;
  END IF;
  IF change.external_id IS NOT NULL AND account_id IS NULL THEN
    SELECT x.user_id INTO account_id FROM external_ids x
     WHERE x.issuer = change.issuer AND x.external_id = change.external_id;
  ELSIF account_id IS NULL THEN
    SELECT u.id INTO account_id FROM users u
     WHERE lower(u.username COLLATE "C") = lower(change.username COLLATE "C") AND u.deleted_at IS NULL;
  END IF;
  IF wait_milliseconds = 0 THEN
    SELECT b.user_id, b.points, b.sequence, b.last_entry_at, b.held, b.holds_until, b.last_hold INTO account FROM balances b
     WHERE b.user_id = account_id FOR NO KEY UPDATE SKIP LOCKED;
    is_locked := FOUND
      AND (NOT has_credential OR pg_try_advisory_xact_lock_shared(uuid_hash_extended(change.owner_id, 0)));
  ELSE
    PERFORM set_config('lock_timeout', wait_milliseconds || 'ms', true);
    SELECT b.user_id, b.points, b.sequence, b.last_entry_at, b.held, b.holds_until, b.last_hold INTO account FROM balances b
     WHERE b.user_id = account_id FOR NO KEY UPDATE;
    is_locked := FOUND;
    IF has_credential THEN
      PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(change.owner_id, 0));
    END IF;
  END IF;
  -- Not now(): the transaction may have begun before the entries that the locks waited for.
  moment := clock_timestamp();
  IF account.holds_until <= moment THEN
    account := end_expired_holds(account, moment);
  END IF;

  SELECT u.* INTO found_user FROM users u WHERE u.id = account_id;
  account.user_id := found_user.id;
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
    -- The counter may have been waited for. Meanwhile the token, or a hold, may have expired.
    IF clock_timestamp() > moment + interval '1 ms' THEN
      moment := clock_timestamp();
      SELECT t.fault IS NULL AND (change.scopes IS NULL OR t.terms = change.scopes) INTO is_valid
        FROM token_terms(change.token_id, moment) t;
      IF account.holds_until <= moment THEN
        account := end_expired_holds(account, moment);
      END IF;
    END IF;
    IF token.counts_users AND is_locked THEN
      SELECT c.user_id, c.root_id, c.day, c.added, c.spent INTO used_by_user FROM token_user_counters c
       WHERE c.user_id = account.user_id AND c.root_id = token.root_id;
    END IF;
    IF token.counts_days AND is_locked AND used.root_id IS NULL THEN
      RETURN json_build_object('ordinal', 1, 'outcome', 'BUSY', 'counter', true);
    END IF;
    usage := count_change(change.kind, change.points, change.reverses, NULL, token, used, used_by_user,
      CASE WHEN is_locked THEN account.user_id END, moment);
    decision := decide_change(change, is_valid, usage.exceeded, account, is_locked, found_user, NULL, NULL, moment, 1,
      usage.limits);
    IF decision.written_at IS NULL THEN
      RETURN with_limits(decision.result, (SELECT u.limits FROM count_change('RESOLVE', NULL, NULL, NULL, token, used,
        used_by_user, CASE WHEN is_locked THEN account.user_id END, moment) u));
    END IF;
    IF token.counts_days THEN
      used := usage.used_after;
      UPDATE token_counters c SET day = used.day, added = used.added, spent = used.spent,
                                  added_unlimited = used.added_unlimited, spent_unlimited = used.spent_unlimited
       WHERE c.root_id = used.root_id;
    END IF;
    IF (usage.used_by_user_after).user_id IS NOT NULL THEN
      PERFORM write_token_user_days(ARRAY[usage.used_by_user_after]);
    END IF;
  ELSE
    decision := decide_change(change, is_valid, NULL, account, is_locked, found_user, NULL, NULL, moment, 1);
  END IF;
  IF decision.written_at IS NOT NULL THEN
    INSERT INTO entries (user_id, sequence, kind, delta, balance_after, reason, reverses, owner_id, token_id,
                         idempotency_key, created_at, effective_at, reference, metadata)
    VALUES (account.user_id, account.sequence + 1, change.kind, decision.delta, account.points + decision.delta, change.reason,
            change.reverses, change.owner_id, change.token_id, change.idempotency_key, decision.written_at,
            decision.made_at, change.reference, change.metadata);
    UPDATE balances b SET points = account.points + decision.delta, sequence = account.sequence + 1,
                          last_entry_at = coalesce(decision.made_at, decision.written_at)
     WHERE b.user_id = account.user_id;
  END IF;
  RETURN decision.result;
END $$;
