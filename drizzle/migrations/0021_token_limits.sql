-- oldest-code: 0.1.0
-- Limits, networks and documents of app tokens, and tokens that are paused. Nodes of earlier releases keep to the limits of points,
-- since the functions do, and do not know the rest: they refuse all that a token with networks, documents or
-- requests_per_minute changes (terms_of), all changes but those of points by a token with any restriction (lock_credential),
-- and the rotation of such a token (refuse_wider_successor). They let such tokens read, and paused ones too.
--
-- A call of a function that is under way while this migration commits can fail with an undefined function, has no effect
-- then, and is tried again by its node. The constraints are validated by the next migration, without blocking anyone.
ALTER TABLE "tokens" ADD COLUMN "root_id" uuid;
--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "signed_expires_at" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "paused_at" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "max_points_per_change" bigint;
--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "max_added_per_day" bigint;
--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "max_spent_per_day" bigint;
--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "max_added_per_user_per_day" bigint;
--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "max_spent_per_user_per_day" bigint;
--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "requests_per_minute" integer;
--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "networks" "cidr"[];
--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "has_documents" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_root_id_tokens_id_fk" FOREIGN KEY ("root_id") REFERENCES "public"."tokens"("id") ON DELETE no action ON UPDATE no action NOT VALID;
--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_root_differs" CHECK ("tokens"."root_id" <> "tokens"."id") NOT VALID;
--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_limits_positive" CHECK (least("tokens"."max_points_per_change", "tokens"."max_added_per_day", "tokens"."max_spent_per_day",
      "tokens"."max_added_per_user_per_day", "tokens"."max_spent_per_user_per_day", "tokens"."requests_per_minute") >= 1) NOT VALID;
--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_networks_bounded" CHECK (cardinality("tokens"."networks") between 1 and 50) NOT VALID;
--> statement-breakpoint
CREATE TABLE "token_counters" (
	"root_id" uuid PRIMARY KEY NOT NULL,
	"day" date NOT NULL,
	"added" numeric DEFAULT '0' NOT NULL,
	"spent" numeric DEFAULT '0' NOT NULL,
	"added_unlimited" numeric DEFAULT '0' NOT NULL,
	"spent_unlimited" numeric DEFAULT '0' NOT NULL,
	CONSTRAINT "token_counters_consistent" CHECK ("token_counters"."added_unlimited" <= "token_counters"."added" and "token_counters"."spent_unlimited" <= "token_counters"."spent")
);
--> statement-breakpoint
CREATE TABLE "token_documents" (
	"root_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "token_documents_pkey" PRIMARY KEY("root_id","position"),
	CONSTRAINT "token_documents_position_positive" CHECK ("token_documents"."position" >= 1)
);
--> statement-breakpoint
CREATE TABLE "token_requests" (
	"root_id" uuid PRIMARY KEY NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"requests" integer NOT NULL,
	CONSTRAINT "token_requests_not_negative" CHECK ("token_requests"."requests" >= 0)
);
--> statement-breakpoint
CREATE TABLE "token_user_counters" (
	"user_id" uuid NOT NULL,
	"root_id" uuid NOT NULL,
	"day" date NOT NULL,
	"added" numeric DEFAULT '0' NOT NULL,
	"spent" numeric DEFAULT '0' NOT NULL,
	CONSTRAINT "token_user_counters_pkey" PRIMARY KEY("user_id","root_id"),
	CONSTRAINT "token_user_counters_not_negative" CHECK (least("token_user_counters"."added", "token_user_counters"."spent") >= 0)
);
--> statement-breakpoint
CREATE INDEX "token_user_counters_day_idx" ON "token_user_counters" USING btree ("day");
--> statement-breakpoint
ALTER TABLE "token_requests" SET UNLOGGED;
--> statement-breakpoint
-- Rows that every change by their token updates: dead versions are removed after some ten of them, and not after a page full.
ALTER TABLE "token_counters" SET (fillfactor = 10);
--> statement-breakpoint
ALTER TABLE "token_counters" ADD CONSTRAINT "token_counters_root_id_tokens_id_fk" FOREIGN KEY ("root_id") REFERENCES "public"."tokens"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "token_documents" ADD CONSTRAINT "token_documents_root_id_tokens_id_fk" FOREIGN KEY ("root_id") REFERENCES "public"."tokens"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE TYPE "token_terms" AS (
  token_id uuid, fault text, scopes text[], terms text, root_id uuid, max_points_per_change bigint, max_added_per_day bigint,
  max_spent_per_day bigint, max_added_per_user_per_day bigint, max_spent_per_user_per_day bigint, limits_points boolean,
  counts_days boolean, counts_users boolean, is_restricted boolean);
--> statement-breakpoint
CREATE TYPE "token_day" AS (
  root_id uuid, day date, added numeric, spent numeric, added_unlimited numeric, spent_unlimited numeric);
--> statement-breakpoint
DROP FUNCTION "lock_credential"(uuid, uuid);
--> statement-breakpoint
DROP FUNCTION "credential_state"(uuid, uuid, timestamptz);
--> statement-breakpoint
DROP FUNCTION "token_state"(uuid, timestamptz);
--> statement-breakpoint
DROP FUNCTION "decide_change"(requested_change, uuid, boolean, users, bigint, integer, timestamptz, timestamptz, integer);
--> statement-breakpoint
-- What a request of an app token is checked against before it changes anything, as text: the scopes, the networks, whether it
-- runs certain documents only, and whether its requests are counted.
CREATE OR REPLACE FUNCTION "terms_of"(token tokens) RETURNS text LANGUAGE sql STABLE
  RETURN concat_ws(' ', token.scopes::text, token.networks::text, CASE WHEN token.has_documents THEN 'documents' END,
    CASE WHEN token.requests_per_minute IS NOT NULL THEN 'counted' END);
--> statement-breakpoint
-- Whether an app token has limits, networks or documents.
CREATE OR REPLACE FUNCTION "is_restricted"(token tokens) RETURNS boolean LANGUAGE sql STABLE
  RETURN token.has_documents OR num_nonnulls(token.networks, token.max_points_per_change, token.max_added_per_day,
    token.max_spent_per_day, token.max_added_per_user_per_day, token.max_spent_per_user_per_day,
    token.requests_per_minute) > 0;
--> statement-breakpoint
-- What the requests of an app token are checked against beside its scopes, as the type Restrictions of the code; null: nothing.
CREATE OR REPLACE FUNCTION "restrictions_of"(token tokens) RETURNS json LANGUAGE sql STABLE
  RETURN CASE WHEN is_restricted(token) THEN json_build_object(
    'rootId', coalesce(token.root_id, token.id), 'requestsPerMinute', token.requests_per_minute,
    'countsDays', num_nonnulls(token.max_added_per_day, token.max_spent_per_day) > 0,
    'networks', to_json(coalesce(token.networks, '{}')::text[]), 'hasDocuments', token.has_documents) END;
--> statement-breakpoint
-- The state of an app token and its limits. fault: null while it is valid; it has expired or not at `moment`. terms: see
-- terms_of. root_id: the token whose counters it uses. limits_points: it has some limit of points; counts_days: one for a day
-- over all users; counts_users: one for a day and a user. No row: the token does not exist.
--
-- Every change calls it after it has waited. It is inlined: one statement, STABLE, without settings. Its names are
-- resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "token_terms"(of_token uuid, moment timestamptz) RETURNS SETOF token_terms LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT t.id,
         CASE WHEN t.revoked_at IS NOT NULL OR u.deleted_at IS NOT NULL THEN 'TOKEN_REVOKED'
              WHEN t.expires_at <= moment THEN 'TOKEN_EXPIRED'
              WHEN t.paused_at IS NOT NULL THEN 'TOKEN_PAUSED' END,
         t.scopes, terms_of(t), coalesce(t.root_id, t.id),
         t.max_points_per_change, t.max_added_per_day, t.max_spent_per_day,
         t.max_added_per_user_per_day, t.max_spent_per_user_per_day,
         num_nonnulls(t.max_points_per_change, t.max_added_per_day, t.max_spent_per_day,
           t.max_added_per_user_per_day, t.max_spent_per_user_per_day) > 0,
         num_nonnulls(t.max_added_per_day, t.max_spent_per_day) > 0,
         num_nonnulls(t.max_added_per_user_per_day, t.max_spent_per_user_per_day) > 0,
         is_restricted(t)
    FROM tokens t JOIN users u ON u.id = t.owner_id WHERE t.id = of_token;
END;
--> statement-breakpoint
-- The state of a credential, given by the id of its token or session: see token_terms and session_state. No row: the
-- credential does not exist. Its names are resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "credential_state"(of_token uuid, of_session uuid, moment timestamptz)
  RETURNS TABLE (fault text, scopes text[], role text, terms text, is_restricted boolean) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT t.fault, t.scopes, NULL::text, t.terms, t.is_restricted FROM token_terms(of_token, moment) t
  UNION ALL
  SELECT s.fault, NULL::text[], s.role, NULL::text, false FROM session_state(of_session) s;
END;
--> statement-breakpoint
-- Locks a credential, so that it cannot end before the transaction does, and returns its state under the lock.
--
-- knows_restrictions: false for nodes of earlier releases, which call it without. They would issue tokens, and set passwords,
--                     by a token with limits, networks or documents: it counts as invalid there.
CREATE OR REPLACE FUNCTION "lock_credential"(of_token uuid, of_session uuid, knows_restrictions boolean DEFAULT false)
  RETURNS TABLE (fault text, scopes text[], role text, terms text, is_restricted boolean) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  PERFORM FROM tokens t WHERE t.id = of_token FOR SHARE;
  PERFORM FROM sessions s WHERE s.id = of_session FOR SHARE;
  -- A separate statement, whose snapshot is from after the lock. Not now(): a rotation may have ended the token while the
  -- transaction waited.
  RETURN QUERY
    SELECT CASE WHEN c.fault IS NULL AND c.is_restricted AND NOT knows_restrictions THEN 'TOKEN_INVALID' ELSE c.fault END,
           c.scopes, c.role, c.terms, c.is_restricted
      FROM credential_state(of_token, of_session, clock_timestamp()) c;
END $$;
--> statement-breakpoint
-- Counts requests of a token, and of all that it was rotated to and from, in the current minute of the database's clock.
-- allowed: how many of them are within the limit, which alone are counted. remaining: how many more would be. reset_ms: the
-- milliseconds until the minute ends.
CREATE OR REPLACE FUNCTION "count_requests"(of_root uuid, amount integer, max_requests integer,
    OUT allowed integer, OUT remaining integer, OUT reset_ms integer) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  counted record;
  moment timestamptz;
  this_minute timestamptz;
BEGIN
  LOOP
    INSERT INTO token_requests (root_id, minute, requests) VALUES (of_root, 'epoch', 0) ON CONFLICT DO NOTHING;
    SELECT r.minute, r.requests INTO counted FROM token_requests r WHERE r.root_id = of_root FOR NO KEY UPDATE;
    EXIT WHEN FOUND; -- else it was deleted meanwhile, as one of a day ago
  END LOOP;
  -- Not now(): the lock may have been waited for. The clock may have gone back.
  moment := greatest(clock_timestamp(), counted.minute);
  this_minute := date_trunc('minute', moment);
  IF counted.minute < this_minute THEN
    counted.requests := 0;
  END IF;
  allowed := least(amount, greatest(max_requests - counted.requests, 0));
  remaining := greatest(max_requests - counted.requests - allowed, 0);
  reset_ms := ceil(extract(epoch FROM this_minute + interval '1 minute' - moment) * 1000);
  IF allowed > 0 THEN
    UPDATE token_requests r SET minute = this_minute, requests = counted.requests + allowed WHERE r.root_id = of_root;
  END IF;
END $$;
--> statement-breakpoint
-- Locks the counters of tokens, in the order of their ids, and returns those that were locked. The caller has locked everything
-- else before.
--
-- wait_milliseconds: how long to wait for each counter that another transaction holds, before the call fails.
--                    0: do not wait, and leave such counters out.
CREATE OR REPLACE FUNCTION "lock_token_days"(root_ids uuid[], wait_milliseconds integer) RETURNS token_day[] LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  PERFORM set_config('lock_timeout', greatest(wait_milliseconds, 100) || 'ms', true); -- also for a row that is being inserted
  INSERT INTO token_counters (root_id, day)
  SELECT r.id, 'epoch' FROM unnest(root_ids) AS r(id)
   WHERE NOT EXISTS (SELECT FROM token_counters c WHERE c.root_id = r.id) ORDER BY r.id
      ON CONFLICT DO NOTHING;
  IF wait_milliseconds = 0 THEN
    RETURN ARRAY(
      SELECT ROW(c.root_id, c.day, c.added, c.spent, c.added_unlimited, c.spent_unlimited)::token_day
        FROM token_counters c WHERE c.root_id = ANY (root_ids) ORDER BY c.root_id FOR NO KEY UPDATE SKIP LOCKED);
  END IF;
  RETURN ARRAY(
    SELECT ROW(c.root_id, c.day, c.added, c.spent, c.added_unlimited, c.spent_unlimited)::token_day
      FROM token_counters c WHERE c.root_id = ANY (root_ids) ORDER BY c.root_id FOR NO KEY UPDATE);
END $$;
--> statement-breakpoint
-- Writes the counters of tokens. The caller has locked them.
CREATE OR REPLACE FUNCTION "write_token_days"(days token_day[]) RETURNS void LANGUAGE sql
  SET search_path = public, pg_temp
AS $$
  UPDATE token_counters c
     SET day = d.day, added = d.added, spent = d.spent, added_unlimited = d.added_unlimited, spent_unlimited = d.spent_unlimited
    FROM unnest(days) d WHERE c.root_id = d.root_id;
$$;
--> statement-breakpoint
-- A daily limit that a change would exceed, as decide_change tells it.
CREATE OR REPLACE FUNCTION "exceeded_limit"(name text, max bigint, used numeric, moment timestamptz, resets_at timestamptz)
  RETURNS json LANGUAGE sql STABLE
  RETURN json_build_object('limit', name, 'max', max, 'used', used, 'retryAfterSeconds',
    greatest(ceil(extract(epoch FROM resets_at - moment)), 1)::integer);
--> statement-breakpoint
-- A daily limit with what is used of it, as JSON; null: there is none, or nothing is known of its use. resets_on: the day after,
-- as YYYY-MM-DD.
CREATE OR REPLACE FUNCTION "daily_limit"(name text, max bigint, used numeric, resets_on text) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN '{"limit":"' || name || '","max":' || max || ',"used":' || used || ',"resetsAt":"' || resets_on || 'T00:00:00.000Z"}';
--> statement-breakpoint
-- Decides on one change of points by the rules of the ledger, and records a refusal. change_points and apply_changes lock,
-- call it, and write what it decided.
--
-- change:        kind ADD | SPEND | REVERSAL | RESOLVE. RESOLVE closes the key unless a result is stored under it. The
--                credential is token_id, or session_id with the role that allowed the change; without either the caller is
--                trusted. scopes: the terms of the token when the change was allowed (see token_terms); null: they are not
--                compared.
--                effective_at: when an imported change was made, to the millisecond; null: now.
--                retried: an earlier attempt was lost and may have happened.
-- is_valid:      whether that token is valid and has these terms, as read under the locks; null: there is no token, or it is
--                unknown.
-- exceeded:      the limit of the token that the change would exceed: {limit, max} and of a daily one {used,
--                retryAfterSeconds}; null: none.
-- max_reversal:  the largest reversal that this token may make; null: any.
-- account:       the user whom the change names; null: there is none. found_user: the same, as read under the locks.
-- balance:       the user's points, last_sequence the number of entries, and last_entry_at when the last one was made, with all
--                changes before this one.
-- moment:        now, at which a token has expired or not.
-- ordinal:       the number of the change in its call, from 1.
-- is_locked:     the caller holds the locks of the balance and of the credential's owner.
-- delta:         what to write, as entry last_sequence + 1; null: nothing.
-- written_at:    the time of that entry: now, and not before the last entry, even if the clock has gone back.
-- made_at:       when an imported change was made, and not before the last entry within the same millisecond; null: now.
-- result:        {ordinal, outcome}; of what was decided under the lock also {replayed, available, needed}, of an entry
--                {user, username, entry}, and of TOKEN_LIMIT what exceeded holds.
--
-- Everything is decided by statements that begin after the locks, each with its own snapshot: a snapshot from before would
-- miss the idempotency keys of the transaction that held them, and credentials that it has ended. With a credential that
-- ended, or has other scopes, before the locks were acquired nothing is changed or stored, CREDENTIAL_ENDED.
--
-- The order of checks: the credential, the stored result of the key, the user, the limits of the token, the refusals of the
-- ledger. Only a retry reads the key before the credential, to find the result of its lost attempt.
CREATE OR REPLACE FUNCTION "decide_change"(change requested_change, is_valid boolean, exceeded json, max_reversal bigint,
    account uuid, is_locked boolean, found_user users, balance bigint, last_sequence integer, last_entry_at timestamptz, moment timestamptz, ordinal integer,
    OUT delta bigint, OUT written_at timestamptz, OUT made_at timestamptz, OUT result json) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  max_points CONSTANT bigint := 9007199254740991;
  described_user json;
  prior record;
  target record;
  refusal text;
  available bigint;
  needed bigint;
BEGIN
  IF change.session_id IS NOT NULL THEN
    SELECT s.fault IS NULL AND s.role = change.role INTO is_valid FROM session_state(change.session_id) s;
  ELSIF change.token_id IS NULL THEN
    is_valid := true;
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
    IF abs(delta) > max_reversal THEN
      exceeded := json_build_object('limit', 'maxPointsPerChange', 'max', max_reversal);
    END IF;
  END IF;
  IF exceeded IS NOT NULL THEN
    delta := NULL;
    result := exceeded::jsonb || jsonb_build_object('ordinal', ordinal, 'outcome', 'TOKEN_LIMIT');
    RETURN;
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
-- decide_change for a token with limits of points, and what is counted afterwards.
--
-- token:      its terms, as read under the locks.
-- used:       what the token has used of its limits for a day over all users; null: it has none, or another transaction has
--             locked the counter. The caller writes used_after.
-- result:     as of decide_change, and {limits}, the daily limits as after the change: [{limit, max, used, resetsAt}], those
--             of a user for the user of the change. Where another transaction has locked the counter it
--             is BUSY, with {counter}.
--
-- What is counted for a user is kept under the lock of their balance. A day never goes back, even if the clock has: otherwise a
-- failover to a server whose clock is behind would give an allowance twice.
CREATE OR REPLACE FUNCTION "decide_limited_change"(change requested_change, is_valid boolean, token token_terms,
    used token_day, account uuid, is_locked boolean, found_user users, balance bigint, last_sequence integer,
    last_entry_at timestamptz, moment timestamptz, ordinal integer, OUT delta bigint, OUT written_at timestamptz,
    OUT made_at timestamptz, OUT result json, OUT used_after token_day) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  limits_user CONSTANT boolean := account IS NOT NULL
    AND (token.max_added_per_user_per_day IS NOT NULL OR token.max_spent_per_user_per_day IS NOT NULL);
  today date := (moment AT TIME ZONE 'UTC')::date;
  resets_at timestamptz;
  resets_on text;
  user_day date;
  user_added numeric;
  user_spent numeric;
  added numeric;
  spent numeric;
  exceeded json;
  decision record;
  limits text;
BEGIN
  IF token.counts_days AND is_locked AND used.root_id IS NULL THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'BUSY', 'counter', true);
    RETURN;
  END IF;
  IF limits_user THEN
    SELECT c.day, c.added, c.spent INTO user_day, user_added, user_spent FROM token_user_counters c
     WHERE c.user_id = account AND c.root_id = token.root_id;
  END IF;
  today := greatest(today, used.day, user_day);
  resets_at := (today + 1)::timestamp AT TIME ZONE 'UTC';
  resets_on := to_char(today + 1, 'YYYY-MM-DD');
  used_after := used;
  IF used.day < today THEN
    used_after := ROW(token.root_id, today, 0, 0, 0, 0);
  END IF;
  IF limits_user AND user_day IS DISTINCT FROM today THEN
    user_added := 0;
    user_spent := 0;
  END IF;
  added := used_after.added - used_after.added_unlimited;
  spent := used_after.spent - used_after.spent_unlimited;

  exceeded := CASE
    WHEN change.points > token.max_points_per_change
      THEN json_build_object('limit', 'maxPointsPerChange', 'max', token.max_points_per_change)
    WHEN change.kind = 'ADD' AND added + change.points > token.max_added_per_day
      THEN exceeded_limit('maxAddedPerDay', token.max_added_per_day, added, moment, resets_at)
    WHEN change.kind = 'SPEND' AND spent + change.points > token.max_spent_per_day
      THEN exceeded_limit('maxSpentPerDay', token.max_spent_per_day, spent, moment, resets_at)
    WHEN change.kind = 'ADD' AND user_added + change.points > token.max_added_per_user_per_day
      THEN exceeded_limit('maxAddedPerUserPerDay', token.max_added_per_user_per_day, user_added, moment, resets_at)
    WHEN change.kind = 'SPEND' AND user_spent + change.points > token.max_spent_per_user_per_day
      THEN exceeded_limit('maxSpentPerUserPerDay', token.max_spent_per_user_per_day, user_spent, moment, resets_at)
  END;
  decision := decide_change(change, is_valid, exceeded, token.max_points_per_change, account, is_locked, found_user, balance,
    last_sequence, last_entry_at, moment, ordinal);
  delta := decision.delta;
  written_at := decision.written_at;
  made_at := decision.made_at;
  result := decision.result;

  -- A reversal neither counts nor gives back. Amounts count against a limit only where it exists.
  IF delta IS NOT NULL AND change.kind = 'ADD' THEN
    used_after.added := used_after.added + delta;
    IF token.max_added_per_day IS NULL THEN
      used_after.added_unlimited := used_after.added_unlimited + delta;
    END IF;
    added := used_after.added - used_after.added_unlimited;
    user_added := user_added + CASE WHEN token.max_added_per_user_per_day IS NULL THEN 0 ELSE delta END;
  ELSIF delta IS NOT NULL AND change.kind = 'SPEND' THEN
    used_after.spent := used_after.spent - delta;
    IF token.max_spent_per_day IS NULL THEN
      used_after.spent_unlimited := used_after.spent_unlimited - delta;
    END IF;
    spent := used_after.spent - used_after.spent_unlimited;
    user_spent := user_spent - CASE WHEN token.max_spent_per_user_per_day IS NULL THEN 0 ELSE delta END;
  END IF;
  IF delta IS NOT NULL AND limits_user AND change.kind <> 'REVERSAL' THEN
    INSERT INTO token_user_counters AS c (user_id, root_id, day, added, spent)
    VALUES (account, token.root_id, today, user_added, user_spent)
        ON CONFLICT ON CONSTRAINT token_user_counters_pkey
        DO UPDATE SET day = excluded.day, added = excluded.added, spent = excluded.spent;
  END IF;
  limits := concat_ws(',', daily_limit('maxAddedPerDay', token.max_added_per_day, added, resets_on),
    daily_limit('maxSpentPerDay', token.max_spent_per_day, spent, resets_on),
    daily_limit('maxAddedPerUserPerDay', token.max_added_per_user_per_day, user_added, resets_on),
    daily_limit('maxSpentPerUserPerDay', token.max_spent_per_user_per_day, user_spent, resets_on));
  IF limits <> '' THEN
    -- Not jsonb, which would take the result apart: 30 µs.
    result := '{"limits":[' || limits || '],' || substr(result::text, 2);
  END IF;
END $$;
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
CREATE OR REPLACE TRIGGER "tokens_end_after_changes" AFTER UPDATE OF "revoked_at", "expires_at", "scopes", "paused_at",
  "networks", "max_points_per_change", "max_added_per_day", "max_spent_per_day", "max_added_per_user_per_day",
  "max_spent_per_user_per_day" ON "tokens"
  FOR EACH ROW WHEN ((OLD.revoked_at, OLD.expires_at, OLD.scopes, OLD.paused_at, OLD.networks, OLD.max_points_per_change,
    OLD.max_added_per_day, OLD.max_spent_per_day, OLD.max_added_per_user_per_day, OLD.max_spent_per_user_per_day)
    IS DISTINCT FROM (NEW.revoked_at, NEW.expires_at, NEW.scopes, NEW.paused_at, NEW.networks, NEW.max_points_per_change,
    NEW.max_added_per_day, NEW.max_spent_per_day, NEW.max_added_per_user_per_day, NEW.max_spent_per_user_per_day))
  EXECUTE FUNCTION "wait_for_changes"('owner_id');
--> statement-breakpoint
-- A trigger for tokens that are rotated: a node of an earlier release would give the successor of a token with limits, networks
-- or documents none of these.
CREATE OR REPLACE FUNCTION "refuse_wider_successor"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  IF is_restricted(OLD) AND NOT EXISTS (
    SELECT FROM tokens t WHERE t.id = NEW.successor_id AND t.root_id = coalesce(OLD.root_id, OLD.id))
  THEN
    RAISE EXCEPTION 'the successor of a token with limits, networks or documents must have the same root'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE OR REPLACE TRIGGER "tokens_keep_restrictions" BEFORE UPDATE OF "successor_id" ON "tokens"
  FOR EACH ROW WHEN (NEW.successor_id IS NOT NULL) EXECUTE FUNCTION "refuse_wider_successor"();
--> statement-breakpoint
-- Who could call the functions of before may call those that they call now, also where default privileges give it to none. Who
-- could write entries may use the new tables, which the functions use.
DO $$
DECLARE
  callers text;
  writers text;
BEGIN
  SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ')
    INTO callers
    FROM pg_proc p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
   WHERE p.oid = 'apply_points(jsonb, integer)'::regprocedure AND a.privilege_type = 'EXECUTE';
  EXECUTE 'GRANT EXECUTE ON FUNCTION terms_of, is_restricted, restrictions_of, token_terms, credential_state, lock_credential, count_requests, lock_token_days,
    write_token_days, exceeded_limit, decide_change, decide_limited_change TO ' || callers;
  SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ')
    INTO writers
    FROM pg_class c CROSS JOIN aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
   WHERE c.oid = 'entries'::regclass AND a.privilege_type = 'INSERT';
  EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON token_user_counters, token_requests TO ' || writers;
  EXECUTE 'GRANT SELECT, INSERT, UPDATE ON token_counters TO ' || writers;
  EXECUTE 'GRANT SELECT, INSERT ON token_documents TO ' || writers;
END $$;
--> statement-breakpoint
ALTER TABLE "audit_events" DROP CONSTRAINT "audit_events_have_a_known_action";
--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_have_a_known_action" CHECK ("audit_events"."action" in ('TOKEN_ISSUED', 'TOKEN_ROTATED', 'TOKEN_REVOKED', 'TOKEN_UPDATED', 'TOKEN_PAUSED', 'TOKEN_RESUMED', 'USER_CREATED', 'USER_UPDATED', 'ROLE_CHANGED', 'USER_DELETED', 'EXTERNAL_ID_LINKED', 'EXTERNAL_ID_UNLINKED', 'SIGNED_UP', 'LOGGED_IN', 'LOGIN_FAILED', 'LOGGED_OUT', 'REFRESH_TOKEN_REUSED', 'PASSWORD_CHANGED')) NOT VALID;
