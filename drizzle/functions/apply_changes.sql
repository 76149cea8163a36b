-- Applies changes of points, each on its own, those of one user in the given order. One call is one transaction.
--
-- operations:        the changes, [{kind, userId | username | issuer and externalId, points | reverses, reason, reference,
--                    metadata, effectiveAt, ownerId, tokenId | sessionId, role, scopes, idempotencyKey, retried}]. See
--                    decide_change for what they mean.
-- wait_milliseconds: how long to wait for each lock that another transaction holds, before the call fails.
--                    0: do not wait; changes that need such a lock are BUSY. Then a counter is waited for, 0.1 s, if it is
--                    that of all changes: nodes that change points with one token at the same time take turns. In other
--                    calls a counter is not waited for, so that other tokens do not wait with it.
-- Returns a row per change: the result of decide_change.
--
-- Locks the balances of the users in the order of their ids, which prevents deadlocks between calls. The rows of credentials
-- are not locked, so that changes of points never wait for each other's token. Instead a call shares an advisory lock for
-- each owner of a credential, from before the credential is read until its changes are committed; what ends a credential
-- takes it exclusively (wait_for_changes) and so waits for the calls that have read it as valid. The counters of tokens with
-- limits for a day are locked last.
CREATE OR REPLACE FUNCTION "apply_changes"(operations jsonb, wait_milliseconds integer) RETURNS SETOF json LANGUAGE plpgsql
  SET search_path = public, pg_temp
  -- Planned once and always by key, whatever the statistics are.
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  changes requested_change[];
  accounts uuid[];
  owners uuid[];
  locked uuid[];
  balances bigint[];
  sequences integer[];
  entry_times timestamptz[];
  found_users users[];
  tokens token_terms[];
  token_ids uuid[];
  token token_terms;
  is_valid boolean;
  days token_day[];
  counted uuid[];
  only_counter boolean;
  has_counted boolean := false;
  change requested_change;
  place integer;
  is_locked boolean;
  decision record;
  unwritten written_entry[] := '{}';
  unwritten_keys text[] := '{}';
  moment timestamptz;
BEGIN
  SELECT array_agg(ROW(o.kind, o."userId", o.username, o.issuer, o."externalId", o.points, o.reverses, o.reason, o.reference,
           o.metadata, o."effectiveAt", o."ownerId", o."tokenId", o."sessionId", o.role, o.scopes, o."idempotencyKey",
           o.retried)::requested_change ORDER BY o.ordinality),
         array_agg(CASE
           WHEN o."userId" IS NOT NULL THEN (SELECT u.id FROM users u WHERE u.id = o."userId")
           WHEN o."externalId" IS NOT NULL THEN (
             SELECT x.user_id FROM external_ids x WHERE x.issuer = o.issuer AND x.external_id = o."externalId")
           ELSE (
             SELECT u.id FROM users u WHERE lower(u.username COLLATE "C") = lower(o.username COLLATE "C") AND u.deleted_at IS NULL)
           END ORDER BY o.ordinality)
    INTO changes, accounts
    FROM ROWS FROM (jsonb_to_recordset(operations) AS (
           kind text, "userId" uuid, username text, issuer text, "externalId" text, points bigint, reverses integer,
           reason text, reference text, metadata jsonb, "effectiveAt" timestamptz, "ownerId" uuid, "tokenId" uuid,
           "sessionId" uuid, role text, scopes text, "idempotencyKey" text, retried boolean))
           WITH ORDINALITY AS o;
  -- A balance that was waited for is read as it is under the lock.
  IF wait_milliseconds = 0 THEN
    SELECT array_agg(l.user_id), array_agg(l.points), array_agg(l.sequence), array_agg(l.last_entry_at)
      INTO locked, balances, sequences, entry_times FROM (
      SELECT b.user_id, b.points, b.sequence, b.last_entry_at FROM balances b
       WHERE b.user_id = ANY (accounts) ORDER BY b.user_id FOR NO KEY UPDATE SKIP LOCKED) l;
  ELSE
    PERFORM set_config('lock_timeout', wait_milliseconds || 'ms', true);
    SELECT array_agg(l.user_id), array_agg(l.points), array_agg(l.sequence), array_agg(l.last_entry_at)
      INTO locked, balances, sequences, entry_times FROM (
      SELECT b.user_id, b.points, b.sequence, b.last_entry_at FROM balances b
       WHERE b.user_id = ANY (accounts) ORDER BY b.user_id FOR NO KEY UPDATE) l;
  END IF;
  -- In the order of owners, which prevents deadlocks.
  owners := ARRAY(SELECT DISTINCT c.owner_id FROM unnest(changes) c
                   WHERE coalesce(c.token_id, c.session_id) IS NOT NULL ORDER BY c.owner_id);
  IF wait_milliseconds = 0 THEN
    owners := ARRAY(SELECT o.id FROM unnest(owners) AS o(id) WHERE pg_try_advisory_xact_lock_shared(uuid_hash_extended(o.id, 0)));
  ELSE
    PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(o.id, 0)) FROM unnest(owners) AS o(id);
  END IF;
  -- Not now(): the transaction may have begun before the entries that the locks waited for.
  moment := clock_timestamp();
  -- In the order of `locked`.
  found_users := ARRAY(SELECT u FROM users u WHERE u.id = ANY (locked) ORDER BY u.id);
  tokens := ARRAY(SELECT t FROM (SELECT DISTINCT c.token_id FROM unnest(changes) c) used, token_terms(used.token_id, moment) t);
  token_ids := ARRAY(SELECT t.token_id FROM unnest(tokens) t);
  counted := ARRAY(SELECT DISTINCT t.root_id FROM unnest(tokens) t WHERE t.counts_days);
  IF cardinality(counted) > 0 THEN
    only_counter := wait_milliseconds = 0 AND cardinality(counted) = 1 AND (SELECT bool_and(coalesce(t.root_id = counted[1], false))
      FROM unnest(changes) c LEFT JOIN unnest(tokens) t ON t.token_id = c.token_id);
    days := lock_token_days(counted, CASE WHEN only_counter THEN 100 ELSE 0 END);
    counted := ARRAY(SELECT d.root_id FROM unnest(days) d);
  END IF;

  FOR ordinal IN 1 .. coalesce(cardinality(changes), 0) LOOP
    change := changes[ordinal];
    place := array_position(locked, accounts[ordinal]);
    is_locked := place IS NOT NULL
      AND (coalesce(change.token_id, change.session_id) IS NULL OR change.owner_id = ANY (owners));
    -- An entry that this change refers to may not be written yet.
    IF change.kind = 'REVERSAL' OR change.idempotency_key = ANY (unwritten_keys) THEN
      PERFORM write_changes(unwritten, locked, balances, sequences, entry_times);
      unwritten := '{}';
      unwritten_keys := '{}';
    END IF;
    token := tokens[array_position(token_ids, change.token_id)];
    is_valid := token.fault IS NULL AND (change.scopes IS NULL OR token.terms = change.scopes) AND token.token_id IS NOT NULL;
    IF token.limits_points THEN
      decision := decide_limited_change(change, is_valid, token, days[array_position(counted, token.root_id)], accounts[ordinal],
        is_locked, found_users[place], balances[place], sequences[place], entry_times[place], moment, ordinal);
      IF decision.delta IS NOT NULL AND token.counts_days THEN
        days[array_position(counted, token.root_id)] := decision.used_after;
        has_counted := true;
      END IF;
    ELSE
      decision := decide_change(change, is_valid, NULL, NULL, accounts[ordinal], is_locked, found_users[place], balances[place],
        sequences[place], entry_times[place], moment, ordinal);
    END IF;
    IF decision.delta IS NOT NULL THEN
      balances[place] := balances[place] + decision.delta;
      sequences[place] := sequences[place] + 1;
      entry_times[place] := coalesce(decision.made_at, decision.written_at);
      unwritten := unwritten || ROW(accounts[ordinal], sequences[place], change.kind, decision.delta, balances[place],
        change.reason, change.reverses, change.owner_id, change.token_id, change.idempotency_key, decision.written_at,
        decision.made_at, change.reference, change.metadata)::written_entry;
      unwritten_keys := unwritten_keys || change.idempotency_key;
    END IF;
    RETURN NEXT decision.result;
  END LOOP;
  PERFORM write_changes(unwritten, locked, balances, sequences, entry_times);
  IF has_counted THEN
    PERFORM write_token_days(days);
  END IF;
END $$;
