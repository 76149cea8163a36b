-- oldest-code: 0.1.0
-- Ids of users in other systems, references and metadata of entries, imported dates, names that rest. Nodes of earlier
-- releases write entries without them. The constraints are validated by a later migration, without blocking anyone.
--
-- Balances are locked before entries, as changes of points lock them, so that the migration and they do not deadlock.
--
-- Nodes of earlier releases call apply_points, apply_changes and apply_change as before. A call that is under way while
-- this migration commits can fail with an undefined function, has no effect then, and is tried again by its node.
ALTER TABLE "balances" ADD COLUMN "last_entry_at" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "entries" ADD COLUMN "effective_at" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "entries" ADD COLUMN "reference" text;
--> statement-breakpoint
ALTER TABLE "entries" ADD COLUMN "metadata" jsonb;
--> statement-breakpoint
ALTER TABLE "entries" ADD CONSTRAINT "entries_reference_bounded" CHECK (char_length("entries"."reference") between 1 and 100) NOT VALID;
--> statement-breakpoint
ALTER TABLE "entries" ADD CONSTRAINT "entries_metadata_bounded" CHECK (jsonb_typeof("entries"."metadata") = 'array' and jsonb_array_length("entries"."metadata") between 1 and 20) NOT VALID;
--> statement-breakpoint
ALTER TABLE "entries" ADD CONSTRAINT "entries_effective_before_written" CHECK ("entries"."effective_at" <= "entries"."created_at") NOT VALID;
--> statement-breakpoint
CREATE TABLE "external_ids" (
	"issuer" text NOT NULL,
	"external_id" text NOT NULL,
	"user_id" uuid NOT NULL,
	"linked_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "external_ids_pkey" PRIMARY KEY("issuer","external_id"),
	CONSTRAINT "external_ids_issuer_wellformed" CHECK ("external_ids"."issuer" ~ '^[a-z0-9.-]{1,64}$'),
	CONSTRAINT "external_ids_external_id_bounded" CHECK (char_length("external_ids"."external_id") between 1 and 255)
);
--> statement-breakpoint
CREATE TABLE "resting_usernames" (
	"username" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"freed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "external_ids_user_id_idx" ON "external_ids" USING btree ("user_id");
--> statement-breakpoint
CREATE INDEX "resting_usernames_user_id_idx" ON "resting_usernames" USING btree ("user_id");
--> statement-breakpoint
CREATE INDEX "resting_usernames_freed_at_idx" ON "resting_usernames" USING btree ("freed_at");
--> statement-breakpoint
CREATE TYPE "requested_change" AS (
  kind text, user_id uuid, username text, issuer text, external_id text, points bigint, reverses integer, reason text,
  reference text, metadata jsonb, effective_at timestamptz, owner_id uuid, token_id uuid, session_id uuid, role text,
  scopes text, idempotency_key text, retried boolean);
--> statement-breakpoint
ALTER TYPE "written_entry" ADD ATTRIBUTE effective_at timestamptz, ADD ATTRIBUTE reference text, ADD ATTRIBUTE metadata jsonb;
--> statement-breakpoint
DROP FUNCTION "write_changes"(written_entry[], uuid[], bigint[], integer[]);
--> statement-breakpoint
DROP FUNCTION "decide_change"(points_change, uuid, boolean, users, bigint, integer, timestamptz, integer);
--> statement-breakpoint
-- Decides on one change of points by the rules of the ledger, and records a refusal. change_points and apply_changes lock,
-- call it, and write what it decided.
--
-- change:        kind ADD | SPEND | REVERSAL | RESOLVE. RESOLVE closes the key unless a result is stored under it. The
--                credential is token_id, or session_id with the role that allowed the change; without either the caller is
--                trusted. scopes: those of the token when the change was allowed, as text; null: they are not compared.
--                effective_at: when an imported change was made, to the millisecond; null: now.
--                retried: an earlier attempt was lost and may have happened.
-- account:       the user whom the change names; null: there is none. found_user: the same, as read under the locks.
-- balance:       the user's points, last_sequence the number of entries, and last_entry_at when the last one was made, with all
--                changes before this one.
-- moment:        now, at which a token has expired or not.
-- ordinal:       the number of the change in its call, from 1.
-- is_locked:     the caller holds the locks of the balance and of the credential's owner.
-- delta:         what to write, as entry last_sequence + 1; null: nothing.
-- written_at:    the time of that entry: now, and not before the last entry, even if the clock has gone back.
-- made_at:       when an imported change was made, and not before the last entry within the same millisecond; null: now.
-- result:        {ordinal, outcome}; of what was decided under the lock also {replayed, available, needed}, and of an entry
--                {user, username, entry}.
--
-- Everything is decided by statements that begin after the locks, each with its own snapshot: a snapshot from before would
-- miss the idempotency keys of the transaction that held them, and credentials that it has ended. With a credential that
-- ended, or has other scopes, before the locks were acquired nothing is changed or stored, CREDENTIAL_ENDED.
--
-- The order of checks: the credential, the stored result of the key, the user, the refusals of the ledger. Only a retry
-- reads the key before the credential, to find the result of its lost attempt.
CREATE OR REPLACE FUNCTION "decide_change"(change requested_change, account uuid, is_locked boolean, found_user users,
    balance bigint, last_sequence integer, last_entry_at timestamptz, moment timestamptz, ordinal integer,
    OUT delta bigint, OUT written_at timestamptz, OUT made_at timestamptz, OUT result json) LANGUAGE plpgsql
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
  IF change.user_id IS NULL AND change.external_id IS NOT NULL THEN
    PERFORM FROM external_ids x
     WHERE x.issuer = change.issuer AND x.external_id = change.external_id AND x.user_id = account;
    -- Linked to another user before the lock.
    IF NOT FOUND THEN
      result := json_build_object('ordinal', ordinal, 'outcome', 'BUSY');
      RETURN;
    END IF;
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
    -- Once for each user who had entries before balances recorded the time of the last one.
    IF last_entry_at IS NULL AND last_sequence > 0 THEN
      last_entry_at := (SELECT e.created_at FROM entries e WHERE e.user_id = account AND e.sequence = last_sequence);
    END IF;
    IF change.effective_at > moment OR change.effective_at < date_trunc('milliseconds', last_entry_at) THEN
      delta := NULL;
      result := json_build_object('ordinal', ordinal, 'outcome', 'DATE_REFUSED');
      RETURN;
    END IF;
    written_at := greatest(moment, last_entry_at);
    IF change.effective_at IS NOT NULL THEN
      made_at := greatest(change.effective_at, last_entry_at);
    END IF;
    result := json_build_object('ordinal', ordinal, 'outcome', 'APPLIED', 'replayed', false, 'user', described_user,
      'username', found_user.username, 'entry', json_build_object('user_id', account, 'sequence', last_sequence + 1,
        'kind', change.kind, 'delta', delta, 'balance_after', balance + delta, 'reason', change.reason,
        'reverses', change.reverses, 'created_at', written_at, 'effective_at', made_at,
        'reference', change.reference, 'metadata', change.metadata));
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
-- Applies one change of points, as apply_changes does, for half of its cost: one statement each to lock, to insert and to
-- update, without lists. See decide_change for the change and the result, and apply_changes for the locks.
--
-- wait_milliseconds: how long to wait for each lock that another transaction holds, before the call fails.
--                    0: do not wait; a change that needs such a lock is BUSY.
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
  decision := decide_change(change, found_user.id, is_locked, found_user, balance, last_sequence, last_entry_at, moment, 1);
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
--> statement-breakpoint
-- Writes entries, and balances where they changed: those of `accounts`, with their points, their numbers of entries, and when
-- the last one was made. The caller has locked them. `written` is no array of the row type of `entries`, which PostgreSQL would
-- copy with all its constraints for each call: that takes 20 µs.
CREATE OR REPLACE FUNCTION "write_changes"(written written_entry[], accounts uuid[], balances bigint[], sequences integer[],
    entry_times timestamptz[]) RETURNS void LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  INSERT INTO entries (user_id, sequence, kind, delta, balance_after, reason, reverses, owner_id, token_id, idempotency_key,
                       created_at, effective_at, reference, metadata)
  SELECT w.user_id, w.sequence, w.kind, w.delta, w.balance_after, w.reason, w.reverses, w.owner_id, w.token_id,
         w.idempotency_key, w.created_at, w.effective_at, w.reference, w.metadata
    FROM unnest(written) w;
  UPDATE balances b SET points = a.points, sequence = a.sequence, last_entry_at = a.last_entry_at
    FROM (SELECT unnest(accounts) AS user_id, unnest(balances) AS points, unnest(sequences) AS sequence,
                 unnest(entry_times) AS last_entry_at) a
   WHERE b.user_id = a.user_id AND b.sequence <> a.sequence;
END $$;
--> statement-breakpoint
-- Applies changes of points, each on its own, those of one user in the given order. One call is one transaction.
--
-- operations:        the changes, [{kind, userId | username | issuer and externalId, points | reverses, reason, reference,
--                    metadata, effectiveAt, ownerId, tokenId | sessionId, role, scopes, idempotencyKey, retried}]. See
--                    decide_change for what they mean.
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
  changes requested_change[];
  accounts uuid[];
  owners uuid[];
  locked uuid[];
  balances bigint[];
  sequences integer[];
  entry_times timestamptz[];
  found_users users[];
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
    decision := decide_change(change, accounts[ordinal], is_locked, found_users[place], balances[place],
      sequences[place], entry_times[place], moment, ordinal);
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
END $$;
--> statement-breakpoint
-- change_points for nodes of earlier releases. Its names are resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "apply_change"(change points_change, wait_milliseconds integer) RETURNS json LANGUAGE sql
  RETURN change_points(wait_milliseconds, change.kind, change.user_id, change.username, change.points, change.reverses,
    change.reason, change.owner_id, change.token_id, change.session_id, change.role, change.scopes, change.idempotency_key,
    change.retried);
--> statement-breakpoint
-- Who could call the functions of before may call those that they call now, also where default privileges give it to none. Who
-- could write entries may use the new tables, which the functions read.
DO $$
DECLARE
  callers text;
  writers text;
BEGIN
  SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ')
    INTO callers
    FROM pg_proc p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
   WHERE p.oid = 'apply_points(jsonb, integer)'::regprocedure AND a.privilege_type = 'EXECUTE';
  EXECUTE 'GRANT EXECUTE ON FUNCTION decide_change, write_changes, change_points TO ' || callers;
  SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ')
    INTO writers
    FROM pg_class c CROSS JOIN aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
   WHERE c.oid = 'entries'::regclass AND a.privilege_type = 'INSERT';
  EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON external_ids, resting_usernames TO ' || writers;
END $$;
