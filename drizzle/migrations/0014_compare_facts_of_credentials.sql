-- oldest-code: 0.1.0
-- Changes of points compare what the token that makes them was allowed by, since that may have changed since it was
-- read. A node of release 0.1.0 sends none, and nothing is compared.
DROP FUNCTION "credential_state"(uuid, uuid, timestamptz);
--> statement-breakpoint
-- Scopes are among what is compared: nothing is changed by the old ones once the transaction that changed them has committed.
CREATE OR REPLACE TRIGGER "tokens_end_after_changes" AFTER UPDATE OF "revoked_at", "expires_at", "scopes" ON "tokens"
  FOR EACH ROW WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at OR OLD.expires_at IS DISTINCT FROM NEW.expires_at
    OR OLD.scopes IS DISTINCT FROM NEW.scopes)
  EXECUTE FUNCTION "wait_for_changes"('owner_id');
--> statement-breakpoint
-- The state of a credential, given by the id of its token or session: a fault, or null while it is valid; the scopes of a
-- token; the role of a session's user; what the requests of a token are allowed by, as one text to compare. No row: the
-- credential does not exist. A token has expired or not at `moment`.
--
-- Every change calls it again after it has waited. It is inlined: one statement, STABLE, without settings. Its names are
-- resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "credential_state"(of_token uuid, of_session uuid, moment timestamptz)
  RETURNS TABLE (fault text, scopes text[], role text, facts text) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT CASE WHEN t.revoked_at IS NOT NULL OR u.deleted_at IS NOT NULL THEN 'TOKEN_REVOKED'
              WHEN t.expires_at <= moment THEN 'TOKEN_EXPIRED' END,
         t.scopes, NULL::text, t.owner_id || ' ' || t.scopes::text
    FROM tokens t JOIN users u ON u.id = t.owner_id WHERE t.id = of_token
  UNION ALL
  SELECT CASE WHEN s.ended_at IS NOT NULL OR u.deleted_at IS NOT NULL THEN 'TOKEN_REVOKED' END,
         NULL::text[], u.role, NULL::text
    FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = of_session;
END;
--> statement-breakpoint
-- Applies changes of points, each on its own, those of one user in the given order. One call is one transaction.
--
-- operations:        the changes, [{kind: ADD | SPEND | REVERSAL | RESOLVE, userId | username, points | reverses, reason,
--                    ownerId, tokenId | sessionId, role, facts, idempotencyKey, retried}]. RESOLVE closes the key unless
--                    a result is stored under it. The credential is tokenId, or sessionId with the role that allowed the
--                    change; without either the caller is trusted. facts: those of the token that the change was allowed by;
--                    null: they are not compared. retried: an earlier attempt was lost and may have happened.
-- wait_milliseconds: how long to wait for each lock that another transaction holds, before the call fails.
--                    0: do not wait; changes that need such a lock are BUSY.
-- Returns a row per change, in any order: {ordinal, user, outcome, replayed, entry, username, available, needed}.
--
-- Locks the balances of the users in the order of their ids, which prevents deadlocks between calls. Everything is decided
-- by statements that begin after that, each with its own snapshot: a snapshot from before the lock would show an outdated
-- balance and miss the idempotency keys of the transaction that held the lock.
--
-- The same holds for credentials: with one that ended, or has other facts, before the lock was acquired nothing is changed
-- or stored, CREDENTIAL_ENDED. The rows of credentials are not locked, so that changes of points never wait for each other's token.
-- Instead a call shares an advisory lock for each owner of a credential, from before the credential is read until its
-- changes are committed; what ends a credential takes it exclusively (wait_for_changes) and so waits for the calls that
-- have read it as valid. The order of checks: the credential, the stored result of the key, the user, the refusals of the
-- ledger. Only a retry reads the key before the credential, to find the result of its lost attempt.
CREATE OR REPLACE FUNCTION "apply_points"(operations jsonb, wait_milliseconds integer) RETURNS SETOF jsonb LANGUAGE plpgsql
  SET search_path = public, pg_temp
  -- Planned once and always by key, whatever the statistics are.
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  max_points CONSTANT bigint := 9007199254740991;
  named uuid[];
  owners uuid[];
  locked uuid[];
  operation record;
  account uuid;
  is_locked boolean;
  balance bigint;
  last_sequence integer;
  prior record;
  target record;
  change bigint;
  refusal text;
  available bigint;
  needed bigint;
  written entries;
  unwritten entries[] := '{}';
  moment timestamptz;
  result jsonb;
BEGIN
  SELECT array_agg(coalesce(o."userId", (
           SELECT u.id FROM users u WHERE lower(u.username COLLATE "C") = lower(o.username COLLATE "C") AND u.deleted_at IS NULL))),
         array_agg(DISTINCT o."ownerId" ORDER BY o."ownerId") FILTER (WHERE coalesce(o."tokenId", o."sessionId") IS NOT NULL)
    INTO named, owners
    FROM jsonb_to_recordset(operations) AS o("userId" uuid, username text, "ownerId" uuid, "tokenId" uuid, "sessionId" uuid);
  IF wait_milliseconds = 0 THEN
    SELECT array_agg(l.user_id) INTO locked FROM (
      SELECT b.user_id FROM balances b WHERE b.user_id = ANY (named) ORDER BY b.user_id FOR NO KEY UPDATE SKIP LOCKED) l;
  ELSE
    PERFORM set_config('lock_timeout', wait_milliseconds || 'ms', true);
    SELECT array_agg(l.user_id) INTO locked FROM (
      SELECT b.user_id FROM balances b WHERE b.user_id = ANY (named) ORDER BY b.user_id FOR NO KEY UPDATE) l;
  END IF;
  -- In the order of owners, which prevents deadlocks.
  IF wait_milliseconds = 0 THEN
    owners := ARRAY(SELECT o.id FROM unnest(owners) AS o(id) WHERE pg_try_advisory_xact_lock_shared(uuid_hash_extended(o.id, 0)));
  ELSE
    PERFORM pg_advisory_xact_lock_shared(uuid_hash_extended(o.id, 0)) FROM unnest(owners) AS o(id);
  END IF;
  -- Not now(): the transaction may have begun before the entries that the locks waited for.
  moment := clock_timestamp();

  FOR operation IN
    SELECT o.ordinality, o.kind, o.points, o.reverses, o.reason, o."ownerId", o."tokenId", o."idempotencyKey", o.retried,
           u.id AS account, u.username AS current_name, u.deleted_at, b.points AS balance, b.sequence AS last_sequence,
           o."idempotencyKey" IS NOT NULL
             AND row_number() OVER (PARTITION BY u.id, o."ownerId", o."idempotencyKey" ORDER BY o.ordinality) > 1 AS repeats_key,
           coalesce(o."tokenId", o."sessionId") IS NOT NULL AS has_credential,
           CASE WHEN coalesce(o."tokenId", o."sessionId") IS NULL THEN true ELSE (
                  SELECT c.fault IS NULL AND c.role IS NOT DISTINCT FROM o.role AND (o.facts IS NULL OR o.facts = c.facts)
                    FROM credential_state(o."tokenId", o."sessionId", moment) c) IS TRUE END AS is_valid,
           jsonb_build_object('id', u.id, 'username', u.username, 'role', u.role, 'createdAt', u.created_at,
             'deletedAt', u.deleted_at) AS found_user
      FROM ROWS FROM (jsonb_to_recordset(operations) AS (
             kind text, "userId" uuid, username text, points bigint, reverses integer, reason text,
             "ownerId" uuid, "tokenId" uuid, "sessionId" uuid, role text, facts text, "idempotencyKey" text, retried boolean))
             WITH ORDINALITY AS o
      LEFT JOIN users u ON u.id = coalesce(o."userId", (
             SELECT n.id FROM users n WHERE lower(n.username COLLATE "C") = lower(o.username COLLATE "C") AND n.deleted_at IS NULL))
      LEFT JOIN balances b ON b.user_id = u.id
     ORDER BY u.id, o.ordinality
  LOOP
    -- `retried` is null in calls of release 0.1.0, which does not distinguish retries.
    IF NOT operation.is_valid AND (operation.account IS NULL OR operation.retried IS FALSE) THEN
      RETURN NEXT jsonb_build_object('ordinal', operation.ordinality, 'outcome', 'CREDENTIAL_ENDED');
      CONTINUE;
    ELSIF operation.account IS NULL THEN
      RETURN NEXT jsonb_build_object('ordinal', operation.ordinality,
        'outcome', CASE operation.kind WHEN 'REVERSAL' THEN 'ENTRY_NOT_FOUND' ELSE 'USER_NOT_FOUND' END);
      CONTINUE;
    ELSIF account IS DISTINCT FROM operation.account THEN
      account := operation.account;
      is_locked := coalesce(account = ANY (locked), false);
      balance := operation.balance;
      last_sequence := operation.last_sequence;
    END IF;
    result := jsonb_build_object('ordinal', operation.ordinality, 'user', operation.found_user);
    IF NOT is_locked OR operation.has_credential AND NOT operation."ownerId" = ANY (owners) THEN
      RETURN NEXT result || '{"outcome": "BUSY"}';
      CONTINUE;
    END IF;

    -- An entry that this change refers to may not be written yet.
    IF operation.repeats_key OR operation.kind = 'REVERSAL' THEN
      PERFORM write_entries(unwritten);
      unwritten := '{}';
    END IF;
    IF operation."idempotencyKey" IS NOT NULL THEN
      SELECT k.kind, k.points, k.reverses, k.outcome, k.entry, k.available, k.needed INTO prior FROM answered_keys k
       WHERE k.user_id = account AND k.owner_id = operation."ownerId" AND k.idempotency_key = operation."idempotencyKey";
      IF FOUND THEN
        RETURN NEXT result || CASE
          WHEN operation.kind = 'RESOLVE' OR prior.kind = 'RESOLVE'
            OR (prior.kind, prior.points, prior.reverses) IS NOT DISTINCT FROM (operation.kind, operation.points, operation.reverses)
          THEN jsonb_build_object('outcome', prior.outcome, 'replayed', true, 'entry', prior.entry,
                 'username', username_at(account, (prior.entry).sequence, operation.current_name),
                 'available', prior.available, 'needed', prior.needed)
          ELSE '{"outcome": "IDEMPOTENCY_KEY_REUSED"}' END;
        CONTINUE;
      END IF;
    END IF;
    IF NOT operation.is_valid THEN
      RETURN NEXT result || '{"outcome": "CREDENTIAL_ENDED"}';
      CONTINUE;
    END IF;
    IF operation.deleted_at IS NOT NULL THEN
      RETURN NEXT result || '{"outcome": "USER_NOT_FOUND"}';
      CONTINUE;
    END IF;

    refusal := CASE WHEN operation.kind = 'RESOLVE' THEN 'IDEMPOTENCY_KEY_CLOSED' END;
    change := CASE operation.kind WHEN 'ADD' THEN operation.points WHEN 'SPEND' THEN -operation.points END;
    IF operation.kind = 'REVERSAL' THEN
      SELECT e.kind, -e.delta AS change, EXISTS (
               SELECT FROM entries r WHERE r.user_id = account AND r.reverses = operation.reverses) AS is_reversed
        INTO target
        FROM entries e WHERE e.user_id = account AND e.sequence = operation.reverses;
      IF NOT FOUND OR target.kind = 'REVERSAL' THEN
        RETURN NEXT result || jsonb_build_object(
          'outcome', CASE WHEN FOUND THEN 'NOT_REVERSIBLE' ELSE 'ENTRY_NOT_FOUND' END);
        CONTINUE;
      END IF;
      refusal := CASE WHEN target.is_reversed THEN 'ALREADY_REVERSED' END;
      change := target.change;
    END IF;
    IF refusal IS NULL AND balance + change < 0 THEN
      refusal := 'INSUFFICIENT_POINTS';
    ELSIF refusal IS NULL AND balance + change > max_points THEN
      refusal := 'BALANCE_LIMIT';
    END IF;

    IF refusal IS NULL THEN
      balance := balance + change;
      last_sequence := last_sequence + 1;
      written.user_id := account;
      written.sequence := last_sequence;
      written.kind := operation.kind;
      written.delta := change;
      written.balance_after := balance;
      written.reason := operation.reason;
      written.reverses := operation.reverses;
      written.owner_id := operation."ownerId";
      written.token_id := operation."tokenId";
      written.idempotency_key := operation."idempotencyKey";
      written.created_at := moment;
      unwritten := unwritten || written;
      RETURN NEXT result || jsonb_build_object(
        'outcome', 'APPLIED', 'replayed', false, 'entry', written, 'username', operation.current_name);
    ELSE
      available := CASE refusal WHEN 'INSUFFICIENT_POINTS' THEN balance END;
      needed := CASE refusal WHEN 'INSUFFICIENT_POINTS' THEN -change END;
      IF operation."idempotencyKey" IS NOT NULL THEN
        INSERT INTO refusals (user_id, owner_id, idempotency_key, kind, points, reverses, code, available, needed, token_id)
        VALUES (account, operation."ownerId", operation."idempotencyKey", operation.kind, operation.points,
                operation.reverses, refusal, available, needed, operation."tokenId");
      END IF;
      RETURN NEXT result || jsonb_build_object(
        'outcome', refusal, 'replayed', false, 'available', available, 'needed', needed);
    END IF;
  END LOOP;
  PERFORM write_entries(unwritten);
END $$;
