-- Applies changes of points, each on its own, those of one user in the given order. One call is one transaction.
--
-- operations:        the changes, [{kind, userId | username | issuer and externalId, points | reverses | hold,
--                    expiresInSeconds, toUserId | toUsername | toIssuer and toExternalId, reason, reference, metadata,
--                    effectiveAt, ownerId, tokenId | sessionId, role, scopes, idempotencyKey, retried, waitsFor}]. See
--                    decide_change for what they mean. waitsFor: the user whose balance the call waits for, read from the
--                    first change; null: the one whom that change names.
-- wait_milliseconds: how long to wait for that balance, and for the owners of credentials, if another transaction has locked
--                    them, before the call fails. Changes that need another locked balance are BUSY.
--                    0: do not wait; changes that need such a lock are BUSY. Then a counter is waited for, 0.1 s, if it is
--                    that of all changes: nodes that change points with one token at the same time take turns. In other
--                    calls a counter is not waited for, so that other tokens do not wait with it.
-- Returns a row per change: the result of decide_change, with the daily limits of the token.
-- Where another transaction has locked the counter of the token, it is BUSY, with {counter}.
--
-- After a change between two users that is BUSY, further ones of both are BUSY, so that the caller can keep their order. Its
-- result has {waitsFor}, the user whose balance another transaction has locked.
--
-- A call waits for one balance, and before it has locked any: so it keeps no changes of other users waiting meanwhile, and no two
-- calls wait for each other. With balances locked it waits only for what ends a credential. The rows of credentials are not locked, so that changes of points never wait for each other's
-- token. Instead a call shares an advisory lock for each owner of a credential, from before the credential is read until its
-- changes are committed; what ends a credential takes it exclusively (wait_for_changes) and so waits for the calls that have
-- read it as valid. The counters of tokens with limits for a day are locked last.
CREATE OR REPLACE FUNCTION "apply_changes"(operations jsonb, wait_milliseconds integer) RETURNS SETOF json LANGUAGE plpgsql
  SET search_path = public, pg_temp
  -- Planned once and always by key, whatever the statistics are.
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  changes requested_change[];
  user_ids uuid[];
  concern_two_users boolean;
  receiver_ids uuid[];
  owners uuid[];
  locked uuid[];
  accounts ledger_account[];
  first_expiry timestamptz;
  found_users users[];
  tokens token_terms[];
  used_token_ids uuid[];
  token_ids uuid[];
  token token_terms;
  is_valid boolean;
  days token_day[];
  counted uuid[];
  only_counter boolean;
  has_counted boolean := false;
  counts_users boolean;
  user_days token_user_day[];
  counted_by_user uuid[]; -- the tokens of user_days, which has each with all of `locked`
  user_place integer;
  counter_place integer; -- in days
  changed_places integer[] := '{}'; -- in user_days
  change requested_change;
  receiver_id uuid;
  account ledger_account;
  receiver ledger_account;
  receiving_user users;
  place integer;
  receiver_place integer;
  is_locked boolean;
  late uuid[];
  usage record; -- of the limits of the token
  decision record;
  unwritten written_entry[] := '{}';
  unwritten_keys text[] := '{}';
  moment timestamptz;
BEGIN
  SELECT array_agg(ROW(o.kind, o."userId", o.username, o.issuer, o."externalId", o.points, o.reverses, o.reason, o.reference,
           o.metadata, o."effectiveAt", o."ownerId", o."tokenId", o."sessionId", o.role, o.scopes, o."idempotencyKey",
           o.retried, o.hold, o."expiresInSeconds", o."toUserId", o."toUsername", o."toIssuer",
           o."toExternalId")::requested_change ORDER BY o.ordinality),
         array_agg(CASE
           WHEN o."userId" IS NOT NULL THEN (SELECT u.id FROM users u WHERE u.id = o."userId")
           WHEN o."externalId" IS NOT NULL THEN (
             SELECT x.user_id FROM external_ids x WHERE x.issuer = o.issuer AND x.external_id = o."externalId")
           ELSE (
             SELECT u.id FROM users u WHERE lower(u.username COLLATE "C") = lower(o.username COLLATE "C") AND u.deleted_at IS NULL)
           END ORDER BY o.ordinality),
         bool_or(o.kind IN ('REVERSAL', 'CAPTURE', 'TRANSFER')),
         array_agg(DISTINCT o."ownerId" ORDER BY o."ownerId") FILTER (WHERE o."tokenId" IS NOT NULL OR o."sessionId" IS NOT NULL),
         array_agg(DISTINCT o."tokenId")
    INTO changes, user_ids, concern_two_users, owners, used_token_ids
    FROM ROWS FROM (jsonb_to_recordset(operations) AS (
           kind text, "userId" uuid, username text, issuer text, "externalId" text, points bigint, reverses integer,
           reason text, reference text, metadata jsonb, "effectiveAt" timestamptz, "ownerId" uuid, "tokenId" uuid,
           "sessionId" uuid, role text, scopes text, "idempotencyKey" text, retried boolean, hold integer,
           "expiresInSeconds" integer, "toUserId" uuid, "toUsername" text, "toIssuer" text, "toExternalId" text))
           WITH ORDINALITY AS o;
  -- Apart: most calls do not pay for it.
  IF concern_two_users THEN
    receiver_ids := ARRAY(SELECT CASE
        WHEN c.kind = 'REVERSAL' THEN (
          SELECT e.counterpart_user_id FROM entries e WHERE e.user_id = c.user_id AND e.sequence = c.reverses)
        WHEN c.to_user_id IS NOT NULL THEN (SELECT u.id FROM users u WHERE u.id = c.to_user_id)
        WHEN c.to_external_id IS NOT NULL THEN (
          SELECT x.user_id FROM external_ids x WHERE x.issuer = c.to_issuer AND x.external_id = c.to_external_id)
        WHEN c.to_username IS NOT NULL THEN (
          SELECT u.id FROM users u WHERE lower(u.username COLLATE "C") = lower(c.to_username COLLATE "C") AND u.deleted_at IS NULL)
      END FROM unnest(changes) WITH ORDINALITY c ORDER BY c.ordinality);
  END IF;
  IF wait_milliseconds > 0 THEN
    PERFORM set_config('lock_timeout', wait_milliseconds || 'ms', true);
    PERFORM FROM balances b
     WHERE b.user_id = coalesce((operations -> 0 ->> 'waitsFor')::uuid, user_ids[1]) FOR NO KEY UPDATE;
  END IF;
  -- A balance that was waited for is read as it is under the lock.
  SELECT array_agg(l.user_id), array_agg(l::ledger_account), min(l.holds_until) INTO locked, accounts, first_expiry FROM (
    SELECT b.user_id, b.points, b.sequence, b.last_entry_at, b.held, b.holds_until, b.last_hold FROM balances b
     WHERE b.user_id = ANY (user_ids || receiver_ids) ORDER BY b.user_id FOR NO KEY UPDATE SKIP LOCKED) l;
  -- In the order of owners, which prevents deadlocks.
  IF wait_milliseconds = 0 THEN
    owners := ARRAY(SELECT o.id FROM unnest(owners) AS o(id) WHERE pg_try_advisory_xact_lock_shared(uuid_hash_extended(o.id, 0)));
  ELSE
    PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(o.id, 0)) FROM unnest(owners) AS o(id);
  END IF;
  -- Not now(): the transaction may have begun before the entries that the locks waited for.
  moment := clock_timestamp();
  -- In the order of `locked`.
  found_users := ARRAY(SELECT u FROM users u WHERE u.id = ANY (locked) ORDER BY u.id);
  tokens := ARRAY(SELECT t FROM unnest(used_token_ids) used(id), token_terms(used.id, moment) t);
  token_ids := ARRAY(SELECT t.token_id FROM unnest(tokens) t);
  SELECT array_agg(DISTINCT t.root_id ORDER BY t.root_id) FILTER (WHERE t.counts_days), bool_or(t.counts_users) INTO counted, counts_users
    FROM unnest(tokens) t;
  IF cardinality(counted) > 0 THEN
    only_counter := wait_milliseconds = 0 AND cardinality(counted) = 1 AND cardinality(used_token_ids) = cardinality(tokens)
      AND (SELECT bool_and(t.root_id = counted[1]) FROM unnest(tokens) t);
    days := lock_token_days(counted, CASE WHEN only_counter THEN 100 ELSE 0 END);
    IF cardinality(days) < cardinality(counted) THEN -- both are in the order of ids
      counted := ARRAY(SELECT d.root_id FROM unnest(days) d);
    END IF;
    -- The counter may have been waited for. Meanwhile a token, or a hold, may have expired.
    IF clock_timestamp() > moment + interval '1 ms' THEN
      moment := clock_timestamp();
      tokens := ARRAY(SELECT t FROM unnest(token_ids) WITH ORDINALITY used(id, place), token_terms(used.id, moment) t ORDER BY used.place);
    END IF;
  END IF;
  IF counts_users THEN
    counted_by_user := ARRAY(SELECT DISTINCT t.root_id FROM unnest(tokens) t WHERE t.counts_users);
    user_days := ARRAY(SELECT ROW(l.user_id, r.root_id, c.day, c.added, c.spent)::token_user_day
        FROM unnest(counted_by_user) WITH ORDINALITY r(root_id, place)
       CROSS JOIN unnest(locked) WITH ORDINALITY l(user_id, place)
        -- LIMIT prevents a join that reads the whole table. PostgreSQL prefers that one while it knows the table as empty: at
        -- first, and after the counters of former days were removed. It keeps the plan while the table grows.
        LEFT JOIN LATERAL (SELECT u.day, u.added, u.spent FROM token_user_counters u
                            WHERE u.user_id = l.user_id AND u.root_id = r.root_id LIMIT 1) c ON true
       ORDER BY r.place, l.place);
  END IF;
  IF first_expiry <= moment THEN
    FOR place IN 1 .. cardinality(accounts) LOOP
      IF (accounts[place]).holds_until <= moment THEN
        accounts[place] := end_expired_holds(accounts[place], moment);
      END IF;
    END LOOP;
  END IF;

  FOR ordinal IN 1 .. coalesce(cardinality(changes), 0) LOOP
    change := changes[ordinal];
    place := array_position(locked, user_ids[ordinal]);
    account := accounts[place];
    account.user_id := user_ids[ordinal];
    is_locked := place IS NOT NULL
      AND (coalesce(change.token_id, change.session_id) IS NULL OR change.owner_id = ANY (owners));
    IF concern_two_users THEN
      receiver_id := receiver_ids[ordinal];
      receiver_place := array_position(locked, receiver_id);
      receiver := accounts[receiver_place];
      receiver.user_id := receiver_id;
      receiving_user := found_users[receiver_place];
      is_locked := is_locked AND (receiver_id IS NULL OR receiver_place IS NOT NULL)
        AND (late IS NULL OR NOT ARRAY[account.user_id, receiver_id] && late);
    END IF;
    -- An entry that this change refers to may not be written yet.
    IF change.kind = 'REVERSAL' OR change.idempotency_key = ANY (unwritten_keys) THEN
      PERFORM write_changes(unwritten, accounts);
      unwritten := '{}';
      unwritten_keys := '{}';
    END IF;
    token := tokens[array_position(token_ids, change.token_id)];
    is_valid := token.fault IS NULL AND (change.scopes IS NULL OR token.terms = change.scopes) AND token.token_id IS NOT NULL;
    IF token.limits_points THEN
      user_place := CASE WHEN token.counts_users
        THEN (array_position(counted_by_user, token.root_id) - 1) * cardinality(locked) + place END;
      counter_place := array_position(counted, token.root_id);
      IF token.counts_days AND is_locked AND counter_place IS NULL THEN
        SELECT (NULL::change_decision).* INTO decision;
        decision.result := json_build_object('ordinal', ordinal, 'outcome', 'BUSY', 'counter', true);
      ELSE
        usage := count_change(change.kind, change.points, change.reverses, change.hold, token, days[counter_place],
          user_days[user_place], CASE WHEN is_locked THEN account.user_id END, moment);
        decision := decide_change(change, is_valid, usage.exceeded, account, is_locked, found_users[place], receiver,
          receiving_user, moment, ordinal, usage.limits);
        IF decision.written_at IS NULL THEN
          decision.result := with_limits(decision.result, (SELECT u.limits FROM count_change('RESOLVE', NULL, NULL, NULL, token,
            days[counter_place], user_days[user_place], CASE WHEN is_locked THEN account.user_id END, moment) u));
        ELSIF token.counts_days THEN
          days[counter_place] := usage.used_after;
          has_counted := true;
        END IF;
        IF decision.written_at IS NOT NULL AND (usage.used_by_user_after).user_id IS NOT NULL THEN
          user_days[user_place] := usage.used_by_user_after;
          IF user_place <> ALL (changed_places) THEN
            changed_places := changed_places || user_place;
          END IF;
        END IF;
      END IF;
    ELSE
      decision := decide_change(change, is_valid, NULL, account, is_locked, found_users[place], receiver, receiving_user,
        moment, ordinal);
    END IF;
    IF (decision.account_after).user_id IS NOT NULL THEN
      accounts[place] := decision.account_after;
      IF decision.written_at IS NOT NULL THEN
        unwritten := unwritten || decision.entry;
        unwritten_keys := unwritten_keys || change.idempotency_key;
      END IF;
      IF (decision.counterpart).user_id IS NOT NULL THEN
        accounts[receiver_place] := decision.receiver_after;
        unwritten := unwritten || decision.counterpart;
      END IF;
    ELSIF decision.written_at IS NOT NULL THEN
      accounts[place] := ROW(account.user_id, account.points + decision.delta, account.sequence + 1,
        coalesce(decision.made_at, decision.written_at), account.held, account.holds_until, account.last_hold)::ledger_account;
      unwritten := unwritten || ROW(account.user_id, account.sequence + 1, change.kind, decision.delta,
        account.points + decision.delta, change.reason, change.reverses, change.owner_id, change.token_id, change.idempotency_key, decision.written_at,
        decision.made_at, change.reference, change.metadata, NULL, NULL, NULL)::written_entry;
      unwritten_keys := unwritten_keys || change.idempotency_key;
    ELSIF receiver_id IS NOT NULL AND decision.result ->> 'outcome' = 'BUSY' THEN
      late := late || account.user_id || receiver_id;
      decision.result := json_build_object('ordinal', ordinal, 'outcome', 'BUSY', 'counter', decision.result -> 'counter',
        'waitsFor', CASE WHEN place IS NULL THEN account.user_id WHEN receiver_place IS NULL THEN receiver_id END);
    END IF;
    RETURN NEXT decision.result;
  END LOOP;
  PERFORM write_changes(unwritten, accounts);
  IF has_counted THEN
    PERFORM write_token_days(days);
  END IF;
  IF cardinality(changed_places) > 0 THEN
    PERFORM write_token_user_days(ARRAY(SELECT user_days[changed.place] FROM unnest(changed_places) changed(place)));
  END IF;
END $$;
