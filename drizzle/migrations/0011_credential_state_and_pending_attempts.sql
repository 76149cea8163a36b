-- oldest-code: 0.1.0
-- What a credential is worth is told in one place, credential_state, to changes of points and to all others. Attempts to
-- log in that are in flight are counted apart from those that failed.
ALTER TABLE "throttles" ADD COLUMN "pending" integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
-- What a credential, named by the id of its token or of its session, is worth: a fault, or null while it counts; the scopes
-- of a token; the role of a session's user. No row: there is no such credential. A token's time is up at a given moment.
--
-- Every change asks it again after it has waited. Functions and statements take it inline: it is one statement, STABLE and
-- without settings of its own. The names in it are resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "credential_state"(of_token uuid, of_session uuid, moment timestamptz)
  RETURNS TABLE (fault text, scopes text[], role text) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT CASE WHEN t.revoked_at IS NOT NULL OR u.deleted_at IS NOT NULL THEN 'TOKEN_REVOKED'
              WHEN t.expires_at <= moment THEN 'TOKEN_EXPIRED' END,
         t.scopes, NULL::text
    FROM tokens t JOIN users u ON u.id = t.owner_id WHERE t.id = of_token
  UNION ALL
  SELECT CASE WHEN s.ended_at IS NOT NULL OR u.deleted_at IS NOT NULL THEN 'TOKEN_REVOKED' END,
         NULL::text[], u.role
    FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = of_session;
END;
--> statement-breakpoint
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
--> statement-breakpoint
-- Applies operations, each definite by itself, those of one user in the order given. One call is one transaction.
--
-- operations:        [{kind: ADD | SPEND | REVERSAL | RESOLVE, userId | username, points | reverses, reason, ownerId,
--                    tokenId | sessionId, role, idempotencyKey, retried}]; RESOLVE closes the key unless something was
--                    answered under it before. tokenId, or sessionId and the role by which the session was judged, is the
--                    credential; neither: trusted. retried: an earlier attempt was lost, so that it may have happened.
-- wait_milliseconds: how long to wait for each account that somebody else has locked, before the whole call fails.
--                    0: not at all, the operations on such an account come back BUSY.
-- Answers a row per operation, in any order: {ordinal, user, outcome, replayed, entry, username, available, needed}.
--
-- Locks the balances of the users named in the order of their ids, so that no two calls wait for each other in a circle.
-- All is decided by statements that begin after that, each with a snapshot of its own: a snapshot older than the lock
-- shows the balance, and misses the idempotency keys, of before whatever the lock was waiting for.
--
-- The same holds for credentials: one that ended before a lock was acquired changes and stores nothing, CREDENTIAL_ENDED.
-- They are not locked, so that changes of points never wait for one another's token: a call that has read a credential as
-- alive finishes. Judged in this order: the credential, the first answer of the key, the user, the refusals of the ledger.
-- Only a retry reads the key before the credential, because it has to tell what its lost attempt came to.
CREATE OR REPLACE FUNCTION "apply_points"(operations jsonb, wait_milliseconds integer) RETURNS SETOF jsonb LANGUAGE plpgsql
  SET search_path = public, pg_temp
  -- Planned once, to find everything by its key, whatever the statistics say by then.
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  most_points CONSTANT bigint := 9007199254740991;
  named uuid[];
  locked uuid[];
  operation record;
  account uuid;
  is_locked boolean;
  balance bigint;
  last_sequence integer;
  prior answered_keys;
  target record;
  change bigint;
  refusal text;
  available bigint;
  needed bigint;
  written entries;
  unwritten entries[] := '{}';
  moment timestamptz;
  answer jsonb;
BEGIN
  SELECT array_agg(coalesce(o."userId", (
           SELECT u.id FROM users u WHERE lower(u.username COLLATE "C") = lower(o.username COLLATE "C") AND u.deleted_at IS NULL)))
    INTO named
    FROM jsonb_to_recordset(operations) AS o("userId" uuid, username text);
  IF wait_milliseconds = 0 THEN
    SELECT array_agg(l.user_id) INTO locked FROM (
      SELECT b.user_id FROM balances b WHERE b.user_id = ANY (named) ORDER BY b.user_id FOR NO KEY UPDATE SKIP LOCKED) l;
  ELSE
    PERFORM set_config('lock_timeout', wait_milliseconds || 'ms', true);
    SELECT array_agg(l.user_id) INTO locked FROM (
      SELECT b.user_id FROM balances b WHERE b.user_id = ANY (named) ORDER BY b.user_id FOR NO KEY UPDATE) l;
  END IF;
  -- Not the transaction's, which may have begun before the entries that the locks were waiting for.
  moment := clock_timestamp();

  FOR operation IN
    SELECT o.*, u.id AS account, u.username AS called, u.deleted_at, b.points AS balance, b.sequence AS last_sequence,
           o."idempotencyKey" IS NOT NULL
             AND row_number() OVER (PARTITION BY u.id, o."ownerId", o."idempotencyKey" ORDER BY o.ordinality) > 1 AS repeats_key,
           CASE WHEN coalesce(o."tokenId", o."sessionId") IS NULL THEN true ELSE (
                  SELECT c.fault IS NULL AND c.role IS NOT DISTINCT FROM o.role
                    FROM credential_state(o."tokenId", o."sessionId", moment) c) IS TRUE END AS is_alive,
           jsonb_build_object('id', u.id, 'username', u.username, 'role', u.role, 'createdAt', u.created_at,
             'deletedAt', u.deleted_at) AS found_user
      FROM ROWS FROM (jsonb_to_recordset(operations) AS (
             kind text, "userId" uuid, username text, points bigint, reverses integer, reason text,
             "ownerId" uuid, "tokenId" uuid, "sessionId" uuid, role text, "idempotencyKey" text, retried boolean))
             WITH ORDINALITY AS o
      LEFT JOIN users u ON u.id = coalesce(o."userId", (
             SELECT n.id FROM users n WHERE lower(n.username COLLATE "C") = lower(o.username COLLATE "C") AND n.deleted_at IS NULL))
      LEFT JOIN balances b ON b.user_id = u.id
     ORDER BY u.id, o.ordinality
  LOOP
    -- `retried` is null where a node of the previous release calls, which does not tell retries apart.
    IF NOT operation.is_alive AND (operation.account IS NULL OR operation.retried IS FALSE) THEN
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
    answer := jsonb_build_object('ordinal', operation.ordinality, 'user', operation.found_user);
    IF NOT is_locked THEN
      RETURN NEXT answer || '{"outcome": "BUSY"}';
      CONTINUE;
    END IF;

    -- What this one asks about may be among what is yet to be written.
    IF operation.repeats_key OR operation.kind = 'REVERSAL' THEN
      PERFORM write_entries(unwritten);
      unwritten := '{}';
    END IF;
    IF operation."idempotencyKey" IS NOT NULL THEN
      SELECT k.* INTO prior FROM answered_keys k
       WHERE k.user_id = account AND k.owner_id = operation."ownerId" AND k.idempotency_key = operation."idempotencyKey";
      IF FOUND THEN
        RETURN NEXT answer || CASE
          WHEN operation.kind = 'RESOLVE' OR prior.kind = 'RESOLVE'
            OR (prior.kind, prior.points, prior.reverses) IS NOT DISTINCT FROM (operation.kind, operation.points, operation.reverses)
          THEN jsonb_build_object('outcome', prior.outcome, 'replayed', true, 'entry', prior.entry,
                 'username', username_at(account, (prior.entry).sequence, operation.called),
                 'available', prior.available, 'needed', prior.needed)
          ELSE '{"outcome": "IDEMPOTENCY_KEY_REUSED"}' END;
        CONTINUE;
      END IF;
    END IF;
    IF NOT operation.is_alive THEN
      RETURN NEXT answer || '{"outcome": "CREDENTIAL_ENDED"}';
      CONTINUE;
    END IF;
    IF operation.deleted_at IS NOT NULL THEN
      RETURN NEXT answer || '{"outcome": "USER_NOT_FOUND"}';
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
        RETURN NEXT answer || jsonb_build_object(
          'outcome', CASE WHEN FOUND THEN 'NOT_REVERSIBLE' ELSE 'ENTRY_NOT_FOUND' END);
        CONTINUE;
      END IF;
      refusal := CASE WHEN target.is_reversed THEN 'ALREADY_REVERSED' END;
      change := target.change;
    END IF;
    IF refusal IS NULL AND balance + change < 0 THEN
      refusal := 'INSUFFICIENT_POINTS';
    ELSIF refusal IS NULL AND balance + change > most_points THEN
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
      RETURN NEXT answer || jsonb_build_object(
        'outcome', 'APPLIED', 'replayed', false, 'entry', written, 'username', operation.called);
    ELSE
      available := CASE refusal WHEN 'INSUFFICIENT_POINTS' THEN balance END;
      needed := CASE refusal WHEN 'INSUFFICIENT_POINTS' THEN -change END;
      IF operation."idempotencyKey" IS NOT NULL THEN
        INSERT INTO refusals (user_id, owner_id, idempotency_key, kind, points, reverses, code, available, needed, token_id)
        VALUES (account, operation."ownerId", operation."idempotencyKey", operation.kind, operation.points,
                operation.reverses, refusal, available, needed, operation."tokenId");
      END IF;
      RETURN NEXT answer || jsonb_build_object(
        'outcome', refusal, 'replayed', false, 'available', available, 'needed', needed);
    END IF;
  END LOOP;
  PERFORM write_entries(unwritten);
END $$;
