-- oldest-code: 0.1.0
-- One change of points has a function of its own, apply_change, which takes half of the time. It shares the rules,
-- decide_change, with apply_changes for many. Nodes of release 0.1.0 call apply_points as before.
-- Changes compare the scopes of the token that makes them, which may have changed since it was read. A node of
-- release 0.1.0 sends none, and nothing is compared.
CREATE TYPE "points_change" AS (
  kind text, user_id uuid, username text, points bigint, reverses integer, reason text, owner_id uuid, token_id uuid,
  session_id uuid, role text, scopes text, idempotency_key text, retried boolean);
--> statement-breakpoint
CREATE TYPE "written_entry" AS (
  user_id uuid, sequence integer, kind text, delta bigint, balance_after bigint, reason text, reverses integer,
  owner_id uuid, token_id uuid, idempotency_key text, created_at timestamptz);
--> statement-breakpoint
-- The state of an app token: a fault, or null while it is valid; its scopes. No row: the token does not exist. It has expired
-- or not at `moment`.
--
-- Every change calls it after it has waited. It is inlined: one statement, STABLE, without settings. Its names are
-- resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "token_state"(of_token uuid, moment timestamptz)
  RETURNS TABLE (fault text, scopes text[]) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT CASE WHEN t.revoked_at IS NOT NULL OR u.deleted_at IS NOT NULL THEN 'TOKEN_REVOKED'
              WHEN t.expires_at <= moment THEN 'TOKEN_EXPIRED' END,
         t.scopes
    FROM tokens t JOIN users u ON u.id = t.owner_id WHERE t.id = of_token;
END;
--> statement-breakpoint
-- The state of a session: a fault, or null while it is valid; the role of its user. No row: the session does not exist.
-- Inlined, as token_state is.
CREATE OR REPLACE FUNCTION "session_state"(of_session uuid) RETURNS TABLE (fault text, role text) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT CASE WHEN s.ended_at IS NOT NULL OR u.deleted_at IS NOT NULL THEN 'TOKEN_REVOKED' END, u.role
    FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = of_session;
END;
--> statement-breakpoint
-- The state of a credential, given by the id of its token or session: see token_state and session_state. No row: the
-- credential does not exist. Its names are resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "credential_state"(of_token uuid, of_session uuid, moment timestamptz)
  RETURNS TABLE (fault text, scopes text[], role text) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT t.fault, t.scopes, NULL::text FROM token_state(of_token, moment) t
  UNION ALL
  SELECT s.fault, NULL::text[], s.role FROM session_state(of_session) s;
END;
--> statement-breakpoint
-- Decides on one change of points by the rules of the ledger, and records a refusal. apply_change and apply_changes lock,
-- call it, and write what it decided.
--
-- change:        kind ADD | SPEND | REVERSAL | RESOLVE. RESOLVE closes the key unless a result is stored under it. The
--                credential is token_id, or session_id with the role that allowed the change; without either the caller is
--                trusted. scopes: those of the token when the change was allowed, as text; null: they are not compared.
--                retried: an earlier attempt was lost and may have happened.
-- account:       the user whom the change names; null: there is none. found_user: the same, as read under the locks.
-- balance:       the user's points, and last_sequence the number of entries, with all changes before this one.
-- moment:        the time of the entry, and that at which a token has expired or not.
-- ordinal:       the number of the change in its call, from 1.
-- is_locked:     the caller holds the locks of the balance and of the credential's owner.
-- delta:         what to write, as entry last_sequence + 1; null: nothing.
-- result:        {ordinal, outcome}; of what was decided under the lock also {replayed, available, needed}, and of an entry
--                {user, username, entry}.
--
-- Everything is decided by statements that begin after the locks, each with its own snapshot: a snapshot from before would
-- miss the idempotency keys of the transaction that held them, and credentials that it has ended. With a credential that
-- ended, or has other scopes, before the locks were acquired nothing is changed or stored, CREDENTIAL_ENDED.
--
-- The order of checks: the credential, the stored result of the key, the user, the refusals of the ledger. Only a retry
-- reads the key before the credential, to find the result of its lost attempt.
CREATE OR REPLACE FUNCTION "decide_change"(change points_change, account uuid, is_locked boolean, found_user users,
    balance bigint, last_sequence integer, moment timestamptz, ordinal integer, OUT delta bigint, OUT result json) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  max_points CONSTANT bigint := 9007199254740991;
  is_valid boolean := true;
  described_user json;
  prior record;
  target record;
  refusal text;
  available bigint;
  needed bigint;
BEGIN
  IF change.token_id IS NOT NULL THEN
    SELECT t.fault IS NULL AND (change.scopes IS NULL OR t.scopes::text = change.scopes) INTO is_valid
      FROM token_state(change.token_id, moment) t;
  ELSIF change.session_id IS NOT NULL THEN
    SELECT s.fault IS NULL AND s.role = change.role INTO is_valid FROM session_state(change.session_id) s;
  END IF;
  -- `retried` is null in calls of release 0.1.0, which does not distinguish retries.
  IF is_valid IS NOT TRUE AND (account IS NULL OR change.retried IS FALSE) THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'CREDENTIAL_ENDED');
    RETURN;
  ELSIF account IS NULL THEN
    result := json_build_object('ordinal', ordinal,
      'outcome', CASE change.kind WHEN 'REVERSAL' THEN 'ENTRY_NOT_FOUND' ELSE 'USER_NOT_FOUND' END);
    RETURN;
  -- Renamed before the lock: another user may have the name now.
  ELSIF NOT is_locked
    OR change.user_id IS NULL AND lower(found_user.username COLLATE "C") <> lower(change.username COLLATE "C")
  THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'BUSY');
    RETURN;
  END IF;
  described_user := json_build_object('id', account, 'username', found_user.username, 'role', found_user.role,
    'createdAt', found_user.created_at, 'deletedAt', found_user.deleted_at);

  IF change.idempotency_key IS NOT NULL THEN
    SELECT k.kind, k.points, k.reverses, k.outcome, k.entry, k.available, k.needed INTO prior FROM answered_keys k
     WHERE k.user_id = account AND k.owner_id = change.owner_id AND k.idempotency_key = change.idempotency_key;
    IF FOUND THEN
      IF change.kind = 'RESOLVE' OR prior.kind = 'RESOLVE'
        OR (prior.kind, prior.points, prior.reverses) IS NOT DISTINCT FROM (change.kind, change.points, change.reverses)
      THEN
        result := json_build_object('ordinal', ordinal, 'outcome', prior.outcome, 'replayed', true,
          'available', prior.available, 'needed', prior.needed, 'user', described_user,
          'username', username_at(account, (prior.entry).sequence, found_user.username), 'entry', prior.entry);
      ELSE
        result := json_build_object('ordinal', ordinal, 'outcome', 'IDEMPOTENCY_KEY_REUSED');
      END IF;
      RETURN;
    END IF;
  END IF;
  IF is_valid IS NOT TRUE THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'CREDENTIAL_ENDED');
    RETURN;
  ELSIF found_user.deleted_at IS NOT NULL THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'USER_NOT_FOUND');
    RETURN;
  END IF;

  IF change.kind = 'ADD' THEN
    delta := change.points;
  ELSIF change.kind = 'SPEND' THEN
    delta := -change.points;
  ELSIF change.kind = 'RESOLVE' THEN
    refusal := 'IDEMPOTENCY_KEY_CLOSED';
  ELSE
    SELECT e.kind, -e.delta AS delta, EXISTS (
             SELECT FROM entries r WHERE r.user_id = account AND r.reverses = change.reverses) AS is_reversed
      INTO target
      FROM entries e WHERE e.user_id = account AND e.sequence = change.reverses;
    IF NOT FOUND OR target.kind = 'REVERSAL' THEN
      result := json_build_object('ordinal', ordinal,
        'outcome', CASE WHEN FOUND THEN 'NOT_REVERSIBLE' ELSE 'ENTRY_NOT_FOUND' END);
      RETURN;
    END IF;
    delta := target.delta;
    refusal := CASE WHEN target.is_reversed THEN 'ALREADY_REVERSED' END;
  END IF;
  IF refusal IS NULL AND balance + delta < 0 THEN
    refusal := 'INSUFFICIENT_POINTS';
    available := balance;
    needed := -delta;
  ELSIF refusal IS NULL AND balance + delta > max_points THEN
    refusal := 'BALANCE_LIMIT';
  END IF;

  IF refusal IS NULL THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'APPLIED', 'replayed', false, 'user', described_user,
      'username', found_user.username, 'entry', json_build_object('user_id', account, 'sequence', last_sequence + 1,
        'kind', change.kind, 'delta', delta, 'balance_after', balance + delta, 'reason', change.reason,
        'reverses', change.reverses, 'created_at', moment));
    RETURN;
  END IF;
  delta := NULL;
  IF change.idempotency_key IS NOT NULL THEN
    INSERT INTO refusals (user_id, owner_id, idempotency_key, kind, points, reverses, code, available, needed, token_id)
    VALUES (account, change.owner_id, change.idempotency_key, change.kind, change.points, change.reverses, refusal,
            available, needed, change.token_id);
  END IF;
  result := json_build_object('ordinal', ordinal, 'outcome', refusal, 'replayed', false, 'available', available,
    'needed', needed);
END $$;
--> statement-breakpoint
-- Writes entries, and balances where they changed: those of `accounts`, with their points and numbers of entries. The caller
-- has locked them. PostgreSQL would copy the row type of `entries` with all its constraints for each call, which takes 20 µs.
CREATE OR REPLACE FUNCTION "write_changes"(written written_entry[], accounts uuid[], balances bigint[], sequences integer[])
  RETURNS void LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  INSERT INTO entries (user_id, sequence, kind, delta, balance_after, reason, reverses, owner_id, token_id, idempotency_key,
                       created_at)
  SELECT w.user_id, w.sequence, w.kind, w.delta, w.balance_after, w.reason, w.reverses, w.owner_id, w.token_id,
         w.idempotency_key, w.created_at
    FROM unnest(written) w;
  UPDATE balances b SET points = a.points, sequence = a.sequence
    FROM (SELECT unnest(accounts) AS user_id, unnest(balances) AS points, unnest(sequences) AS sequence) a
   WHERE b.user_id = a.user_id AND b.sequence <> a.sequence;
END $$;
--> statement-breakpoint
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
--> statement-breakpoint
-- Applies changes of points, each on its own, those of one user in the given order. One call is one transaction.
--
-- operations:        the changes, [{kind, userId | username, points | reverses, reason, ownerId, tokenId | sessionId, role,
--                    scopes, idempotencyKey, retried}]. See decide_change for what they mean.
-- wait_milliseconds: how long to wait for each lock that another transaction holds, before the call fails.
--                    0: do not wait; changes that need such a lock are BUSY.
-- Returns a row per change: the result of decide_change.
--
-- Locks the balances of the users in the order of their ids, which prevents deadlocks between calls. The rows of credentials
-- are not locked, so that changes of points never wait for each other's token. Instead a call shares an advisory lock for
-- each owner of a credential, from before the credential is read until its changes are committed; what ends a credential
-- takes it exclusively (wait_for_changes) and so waits for the calls that have read it as valid.
CREATE OR REPLACE FUNCTION "apply_changes"(operations jsonb, wait_milliseconds integer) RETURNS SETOF json LANGUAGE plpgsql
  SET search_path = public, pg_temp
  -- Planned once and always by key, whatever the statistics are.
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  changes points_change[];
  accounts uuid[];
  owners uuid[];
  locked uuid[];
  balances bigint[];
  sequences integer[];
  found_users users[];
  change points_change;
  place integer;
  is_locked boolean;
  decision record;
  unwritten written_entry[] := '{}';
  unwritten_keys text[] := '{}';
  moment timestamptz;
BEGIN
  SELECT array_agg(ROW(o.kind, o."userId", o.username, o.points, o.reverses, o.reason, o."ownerId", o."tokenId",
           o."sessionId", o.role, o.scopes, o."idempotencyKey", o.retried)::points_change ORDER BY o.ordinality),
         array_agg(CASE WHEN o."userId" IS NOT NULL THEN (SELECT u.id FROM users u WHERE u.id = o."userId") ELSE (
           SELECT u.id FROM users u WHERE lower(u.username COLLATE "C") = lower(o.username COLLATE "C") AND u.deleted_at IS NULL)
           END ORDER BY o.ordinality)
    INTO changes, accounts
    FROM ROWS FROM (jsonb_to_recordset(operations) AS (
           kind text, "userId" uuid, username text, points bigint, reverses integer, reason text, "ownerId" uuid,
           "tokenId" uuid, "sessionId" uuid, role text, scopes text, "idempotencyKey" text, retried boolean))
           WITH ORDINALITY AS o;
  -- A balance that was waited for is read as it is under the lock.
  IF wait_milliseconds = 0 THEN
    SELECT array_agg(l.user_id), array_agg(l.points), array_agg(l.sequence) INTO locked, balances, sequences FROM (
      SELECT b.user_id, b.points, b.sequence FROM balances b
       WHERE b.user_id = ANY (accounts) ORDER BY b.user_id FOR NO KEY UPDATE SKIP LOCKED) l;
  ELSE
    PERFORM set_config('lock_timeout', wait_milliseconds || 'ms', true);
    SELECT array_agg(l.user_id), array_agg(l.points), array_agg(l.sequence) INTO locked, balances, sequences FROM (
      SELECT b.user_id, b.points, b.sequence FROM balances b
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

  FOR ordinal IN 1 .. coalesce(cardinality(changes), 0) LOOP
    change := changes[ordinal];
    place := array_position(locked, accounts[ordinal]);
    is_locked := place IS NOT NULL
      AND (coalesce(change.token_id, change.session_id) IS NULL OR change.owner_id = ANY (owners));
    -- An entry that this change refers to may not be written yet.
    IF change.kind = 'REVERSAL' OR change.idempotency_key = ANY (unwritten_keys) THEN
      PERFORM write_changes(unwritten, locked, balances, sequences);
      unwritten := '{}';
      unwritten_keys := '{}';
    END IF;
    decision := decide_change(change, accounts[ordinal], is_locked, found_users[place], balances[place],
      sequences[place], moment, ordinal);
    IF decision.delta IS NOT NULL THEN
      balances[place] := balances[place] + decision.delta;
      sequences[place] := sequences[place] + 1;
      unwritten := unwritten || ROW(accounts[ordinal], sequences[place], change.kind, decision.delta, balances[place],
        change.reason, change.reverses, change.owner_id, change.token_id, change.idempotency_key, moment)::written_entry;
      unwritten_keys := unwritten_keys || change.idempotency_key;
    END IF;
    RETURN NEXT decision.result;
  END LOOP;
  PERFORM write_changes(unwritten, locked, balances, sequences);
END $$;
--> statement-breakpoint
-- apply_changes for nodes of earlier releases. Its names are resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "apply_points"(operations jsonb, wait_milliseconds integer) RETURNS SETOF jsonb LANGUAGE sql
BEGIN ATOMIC
  SELECT c.result::jsonb FROM apply_changes(operations, wait_milliseconds) AS c(result);
END;
--> statement-breakpoint
-- Scopes are among what is compared: nothing is changed by the old ones once the transaction that changed them has committed.
CREATE OR REPLACE TRIGGER "tokens_end_after_changes" AFTER UPDATE OF "revoked_at", "expires_at", "scopes" ON "tokens"
  FOR EACH ROW WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at OR OLD.expires_at IS DISTINCT FROM NEW.expires_at
    OR OLD.scopes IS DISTINCT FROM NEW.scopes)
  EXECUTE FUNCTION "wait_for_changes"('owner_id');
--> statement-breakpoint
-- Who could call the functions of before may call those that they call now, also where default privileges give it to none.
DO $$
DECLARE
  callers text;
BEGIN
  SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ')
    INTO callers
    FROM pg_proc p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
   WHERE p.oid = 'apply_points(jsonb, integer)'::regprocedure AND a.privilege_type = 'EXECUTE';
  EXECUTE 'GRANT EXECUTE ON FUNCTION token_state, session_state, decide_change, write_changes, apply_change, apply_changes TO '
    || callers;
END $$;
