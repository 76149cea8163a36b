-- oldest-code: 0.1.0
-- Every function has its own search_path, or names that were resolved when it was created, so that the search_path of a
-- session cannot lead it to other tables; bracket_of uses nothing but pg_catalog. Columns are written by name, so that a
-- column can be added to entries. Functions whose parameters got other names are dropped first.
DROP FUNCTION "entries_before"(integer, uuid, integer);
--> statement-breakpoint
DROP FUNCTION "leaders"(integer, bigint, text);
--> statement-breakpoint
DROP FUNCTION "username_at"(uuid, integer, text);
--> statement-breakpoint
-- The entries of all users before the given one (null: all), newest first; those of one moment by user and sequence.
--
-- The BRIN index of dates finds ranges of the table, and no order. So the function searches spans of time backwards: after
-- a span with few entries the next one is eight times as long, and a span with more than `max_in_span` is cut to a quarter.
-- Among ten million entries that takes some milliseconds, or 0.1 s if many entries follow hours without any; a B-tree
-- would cost every write. The entries of one moment were written by one statement, and so are few.
CREATE OR REPLACE FUNCTION "entries_before"(max_rows integer, before_user uuid, before_sequence integer) RETURNS SETOF entries
  LANGUAGE plpgsql STABLE
  SET search_path = public, pg_temp
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off
AS $$
DECLARE
  max_in_span CONSTANT integer := 5000;
  moment CONSTANT interval := '1 microsecond';
  before timestamptz := 'infinity';
  until timestamptz := 'infinity';
  since timestamptz;
  span interval := '1 second';
  found integer;
  missing integer := max_rows;
BEGIN
  IF before_user IS NOT NULL THEN
    before := (SELECT e.created_at FROM entries e WHERE e.user_id = before_user AND e.sequence = before_sequence);
    until := before + moment;
  END IF;
  WHILE before IS NOT NULL LOOP
    since := least(until, clock_timestamp()) - span;
    found := (SELECT count(*) FROM (
      SELECT FROM entries e
       WHERE e.created_at >= since AND e.created_at < until
         AND (e.created_at, e.user_id, e.sequence) < (before, before_user, before_sequence)
       LIMIT max_in_span) counted);
    IF found = max_in_span AND span > moment THEN
      span := greatest(span / 4, moment);
      CONTINUE;
    END IF;
    RETURN QUERY
      SELECT e.* FROM entries e -- the row type of the result
       WHERE found > 0 AND e.created_at >= since AND e.created_at < until
         AND (e.created_at, e.user_id, e.sequence) < (before, before_user, before_sequence)
       ORDER BY e.created_at DESC, e.user_id DESC, e.sequence DESC LIMIT missing;
    missing := missing - found;
    EXIT WHEN missing <= 0 OR since < 'epoch';
    until := since;
    span := span * 8;
  END LOOP;
END $$;
--> statement-breakpoint
-- The active users by points, highest first, then by name: those after `from_points` and the lower-case name `after_name`.
--
-- It reads bracket by bracket, downwards, and sorts each. A bracket of a single number of points can hold any number of
-- users. If it holds more than `max_sorted`, users are read in the order of names, and those of other brackets skipped.
CREATE OR REPLACE FUNCTION "leaders"(max_rows integer, from_points bigint, after_name text) RETURNS TABLE (user_id uuid, points bigint)
  LANGUAGE plpgsql STABLE
  SET search_path = public, pg_temp
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  max_sorted CONSTANT integer := 5000;
  first_range CONSTANT integer := 2048;
  level integer := bracket_of(from_points) + 1;
  missing integer := max_rows;
  returned integer;
BEGIN
  LOOP
    level := (SELECT max(b.bracket) FROM balances b WHERE b.bracket < level);
    EXIT WHEN level IS NULL;
    IF level < first_range AND EXISTS (SELECT FROM balances b WHERE b.bracket = level OFFSET max_sorted) THEN
      RETURN QUERY
        SELECT u.id, b.points
          FROM users u
         CROSS JOIN LATERAL (SELECT o.points FROM balances o WHERE o.user_id = u.id AND o.bracket = level OFFSET 0) b
         WHERE u.deleted_at IS NULL AND lower(u.username COLLATE "C") > CASE level WHEN from_points THEN after_name ELSE '' END
         ORDER BY lower(u.username COLLATE "C") LIMIT missing;
    ELSE
      RETURN QUERY
        SELECT b.user_id, b.points
          FROM balances b JOIN users u ON u.id = b.user_id
         WHERE b.bracket = level AND u.deleted_at IS NULL
           AND (b.points < from_points OR (b.points = from_points AND lower(u.username COLLATE "C") > after_name))
         ORDER BY b.points DESC, lower(u.username COLLATE "C") LIMIT missing;
    END IF;
    GET DIAGNOSTICS returned = ROW_COUNT;
    missing := missing - returned;
    EXIT WHEN missing = 0;
  END LOOP;
END $$;
--> statement-breakpoint
-- The name of a user when one of the user's entries was written. Its names are resolved when it is created.
CREATE OR REPLACE FUNCTION "username_at"(of_user uuid, at_sequence integer, current_name text) RETURNS text
  LANGUAGE sql STABLE
  RETURN coalesce(
    (SELECT f.username FROM former_usernames f WHERE f.user_id = of_user AND f.until_sequence >= at_sequence
      ORDER BY f.until_sequence LIMIT 1),
    current_name);
--> statement-breakpoint
-- Writes entries and updates the balances accordingly. The caller has locked the balances.
CREATE OR REPLACE FUNCTION "write_entries"(written entries[]) RETURNS void LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  INSERT INTO entries (user_id, sequence, kind, delta, balance_after, reason, reverses, owner_id, token_id, idempotency_key,
                       created_at)
  SELECT w.user_id, w.sequence, w.kind, w.delta, w.balance_after, w.reason, w.reverses, w.owner_id, w.token_id,
         w.idempotency_key, w.created_at
    FROM unnest(written) w;
  UPDATE balances b SET points = last.balance_after, sequence = last.sequence
    FROM (SELECT DISTINCT ON (w.user_id) w.user_id, w.balance_after, w.sequence
            FROM unnest(written) w ORDER BY w.user_id, w.sequence DESC) last
   WHERE b.user_id = last.user_id;
END $$;
--> statement-breakpoint
-- The trigger function of append-only tables.
CREATE OR REPLACE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
-- Locks a credential, so that it cannot end before the transaction does, and returns its state under the lock.
CREATE OR REPLACE FUNCTION "lock_credential"(of_token uuid, of_session uuid)
  RETURNS TABLE (fault text, scopes text[], role text) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  PERFORM FROM tokens t WHERE t.id = of_token FOR SHARE;
  PERFORM FROM sessions s WHERE s.id = of_session FOR SHARE;
  -- A separate statement, whose snapshot is from after the lock. Not now(): a rotation may have ended the token while the
  -- transaction waited.
  RETURN QUERY SELECT c.fault, c.scopes, c.role FROM credential_state(of_token, of_session, clock_timestamp()) c;
END $$;
--> statement-breakpoint
-- Applies changes of points, each on its own, those of one user in the given order. One call is one transaction.
--
-- operations:        the changes, [{kind: ADD | SPEND | REVERSAL | RESOLVE, userId | username, points | reverses, reason,
--                    ownerId, tokenId | sessionId, role, idempotencyKey, retried}]. RESOLVE closes the key unless a result
--                    is stored under it. The credential is tokenId, or sessionId with the role that allowed the change;
--                    without either the caller is trusted. retried: an earlier attempt was lost and may have happened.
-- wait_milliseconds: how long to wait for each account that another transaction has locked, before the call fails.
--                    0: do not wait; the changes of such an account are BUSY.
-- Returns a row per change, in any order: {ordinal, user, outcome, replayed, entry, username, available, needed}.
--
-- Locks the balances of the users in the order of their ids, which prevents deadlocks between calls. Everything is decided
-- by statements that begin after that, each with its own snapshot: a snapshot from before the lock would show an outdated
-- balance and miss the idempotency keys of the transaction that held the lock.
--
-- The same holds for credentials: with one that ended before the lock was acquired nothing is changed or stored,
-- CREDENTIAL_ENDED. Credentials are not locked, so that changes of points never wait for each other's token: a call that
-- has read a credential as valid completes. The order of checks: the credential, the stored result of the key, the user,
-- the refusals of the ledger. Only a retry reads the key before the credential, to find the result of its lost attempt.
CREATE OR REPLACE FUNCTION "apply_points"(operations jsonb, wait_milliseconds integer) RETURNS SETOF jsonb LANGUAGE plpgsql
  SET search_path = public, pg_temp
  -- Planned once and always by key, whatever the statistics are.
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  max_points CONSTANT bigint := 9007199254740991;
  named uuid[];
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
  -- Not now(): the transaction may have begun before the entries that the locks waited for.
  moment := clock_timestamp();

  FOR operation IN
    SELECT o.ordinality, o.kind, o.points, o.reverses, o.reason, o."ownerId", o."tokenId", o."idempotencyKey", o.retried,
           u.id AS account, u.username AS current_name, u.deleted_at, b.points AS balance, b.sequence AS last_sequence,
           o."idempotencyKey" IS NOT NULL
             AND row_number() OVER (PARTITION BY u.id, o."ownerId", o."idempotencyKey" ORDER BY o.ordinality) > 1 AS repeats_key,
           CASE WHEN coalesce(o."tokenId", o."sessionId") IS NULL THEN true ELSE (
                  SELECT c.fault IS NULL AND c.role IS NOT DISTINCT FROM o.role
                    FROM credential_state(o."tokenId", o."sessionId", moment) c) IS TRUE END AS is_valid,
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
    IF NOT is_locked THEN
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
