-- oldest-code: 0.1.0
-- Holds, and transfers between users. The functions that change points keep to what is held, also in calls of nodes of earlier
-- releases, which can neither make nor read holds, and fail to show an entry of a transfer.
--
-- A call of a function that is under way while this migration commits can fail with an undefined function, has no effect
-- then, and is tried again by its node. The constraints are validated by a later migration, without blocking anyone.
-- In the order in which changes of points lock them.
LOCK TABLE "balances", "entries", "refusals", "former_usernames" IN ACCESS EXCLUSIVE MODE;
--> statement-breakpoint
CREATE TABLE "holds" (
	"user_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"points" bigint NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"captured" bigint,
	"requested_points" bigint,
	"entry_sequence" integer,
	"reason" text,
	"reference" text,
	"metadata" jsonb,
	"owner_id" uuid NOT NULL,
	"token_id" uuid,
	"idempotency_key" text,
	"release_owner_id" uuid,
	"release_key" text,
	CONSTRAINT "holds_pkey" PRIMARY KEY("user_id","number"),
	CONSTRAINT "holds_number_positive" CHECK ("holds"."number" >= 1),
	CONSTRAINT "holds_points_bounded" CHECK ("holds"."points" between 1 and 9007199254740991),
	CONSTRAINT "holds_state_known" CHECK ("holds"."state" in ('HELD', 'CAPTURED', 'RELEASED', 'EXPIRED')),
	CONSTRAINT "holds_expires_after_creation" CHECK ("holds"."expires_at" > "holds"."created_at"),
	CONSTRAINT "holds_ended_unless_held" CHECK (("holds"."state" = 'HELD') = ("holds"."ended_at" is null)),
	CONSTRAINT "holds_entry_of_capture" CHECK (("holds"."state" = 'CAPTURED') = ("holds"."entry_sequence" is not null) and ("holds"."state" = 'CAPTURED') = ("holds"."captured" is not null)
        and ("holds"."state" = 'CAPTURED' or "holds"."requested_points" is null)),
	CONSTRAINT "holds_released_by_key" CHECK ("holds"."state" = 'RELEASED' or "holds"."release_key" is null),
	CONSTRAINT "holds_reason_bounded" CHECK (char_length("holds"."reason") <= 500),
	CONSTRAINT "holds_reference_bounded" CHECK (char_length("holds"."reference") between 1 and 100),
	CONSTRAINT "holds_metadata_bounded" CHECK (jsonb_typeof("holds"."metadata") = 'array' and jsonb_array_length("holds"."metadata") between 1 and 20),
	CONSTRAINT "holds_key_bounded" CHECK (char_length("holds"."idempotency_key") between 1 and 255),
	CONSTRAINT "holds_release_key_bounded" CHECK (char_length("holds"."release_key") between 1 and 255)
);
--> statement-breakpoint
ALTER TABLE "entries" DROP CONSTRAINT "entries_go_their_way";
--> statement-breakpoint
ALTER TABLE "refusals" DROP CONSTRAINT "refusals_have_a_known_code";
--> statement-breakpoint
ALTER TABLE "balances" DROP CONSTRAINT "balances_are_never_overdrawn";
--> statement-breakpoint
ALTER TABLE "balances" DROP CONSTRAINT "balances_are_exact_numbers";
--> statement-breakpoint
ALTER TABLE "entries" DROP CONSTRAINT "entries_metadata_bounded";
--> statement-breakpoint
ALTER TABLE "balances" ADD COLUMN "held" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "balances" ADD COLUMN "holds_until" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "balances" ADD COLUMN "last_hold" integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "entries" ADD COLUMN "hold" integer;
--> statement-breakpoint
ALTER TABLE "entries" ADD COLUMN "counterpart_user_id" uuid;
--> statement-breakpoint
ALTER TABLE "entries" ADD COLUMN "counterpart_sequence" integer;
--> statement-breakpoint
ALTER TABLE "refusals" ADD COLUMN "held" bigint;
--> statement-breakpoint
ALTER TABLE "refusals" ADD COLUMN "hold" integer;
--> statement-breakpoint
ALTER TABLE "refusals" ADD COLUMN "hold_state" text;
--> statement-breakpoint
ALTER TABLE "refusals" ADD COLUMN "receiver_id" uuid;
--> statement-breakpoint
CREATE UNIQUE INDEX "holds_user_id_owner_id_idempotency_key_idx" ON "holds" USING btree ("user_id","owner_id","idempotency_key") WHERE "holds"."idempotency_key" is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "holds_user_id_release_owner_id_release_key_idx" ON "holds" USING btree ("user_id","release_owner_id","release_key") WHERE "holds"."release_key" is not null;
--> statement-breakpoint
CREATE INDEX "holds_user_id_state_number_idx" ON "holds" USING btree ("user_id","state","number");
--> statement-breakpoint
CREATE INDEX "holds_created_at_user_id_number_idx" ON "holds" USING btree ("created_at","user_id","number");
--> statement-breakpoint
CREATE INDEX "holds_state_created_at_user_id_number_idx" ON "holds" USING btree ("state","created_at","user_id","number");
--> statement-breakpoint
CREATE INDEX "holds_reference_created_at_user_id_number_idx" ON "holds" USING btree ("reference","created_at","user_id","number") WHERE "holds"."reference" is not null;
--> statement-breakpoint
CREATE INDEX "holds_expires_at_idx" ON "holds" USING btree ("expires_at") WHERE "holds"."state" = 'HELD';
--> statement-breakpoint
ALTER TABLE "balances" ADD CONSTRAINT "balances_held_within_points" CHECK ("balances"."held" >= 0 and "balances"."held" <= "balances"."points" and "balances"."points" <= 9007199254740991) NOT VALID;
--> statement-breakpoint
ALTER TABLE "entries" ADD CONSTRAINT "entries_metadata_bounded" CHECK (jsonb_array_length("entries"."metadata") between 1 and 20) NOT VALID;
--> statement-breakpoint
ALTER TABLE "entries" ADD CONSTRAINT "entries_counterpart_of_transfer" CHECK (num_nulls("entries"."counterpart_user_id", "entries"."counterpart_sequence") = case when "entries"."kind" like 'TRANSFER%' then 0 else 2 end
        or "entries"."kind" = 'REVERSAL') NOT VALID;
--> statement-breakpoint
ALTER TABLE "entries" ADD CONSTRAINT "entries_go_their_way" CHECK ("entries"."kind" = any(case when "entries"."delta" > 0 then '{ADD,TRANSFER_IN,REVERSAL}'::text[] else '{SPEND,TRANSFER_OUT,REVERSAL}' end)) NOT VALID;
--> statement-breakpoint
ALTER TABLE "refusals" ADD CONSTRAINT "refusals_have_a_known_code" CHECK ("refusals"."code" in ('INSUFFICIENT_POINTS', 'BALANCE_LIMIT', 'ALREADY_REVERSED', 'HOLD_ENDED', 'IDEMPOTENCY_KEY_CLOSED')) NOT VALID;
--> statement-breakpoint
ALTER TABLE "former_usernames" ADD COLUMN "until" timestamp with time zone DEFAULT '-infinity' NOT NULL;
--> statement-breakpoint
ALTER TABLE "former_usernames" ALTER COLUMN "until" SET DEFAULT clock_timestamp();
--> statement-breakpoint
ALTER TABLE "former_usernames" DROP CONSTRAINT "former_usernames_are_dated";
--> statement-breakpoint
ALTER TABLE "former_usernames" ADD CONSTRAINT "former_usernames_pkey" PRIMARY KEY("user_id","until_sequence","until");
--> statement-breakpoint
CREATE TYPE "ledger_account" AS (
  user_id uuid, points bigint, sequence integer, last_entry_at timestamptz, held bigint, holds_until timestamptz,
  last_hold integer);
--> statement-breakpoint
ALTER TYPE "requested_change" ADD ATTRIBUTE hold integer, ADD ATTRIBUTE expires_in_seconds integer, ADD ATTRIBUTE to_user_id uuid,
  ADD ATTRIBUTE to_username text, ADD ATTRIBUTE to_issuer text, ADD ATTRIBUTE to_external_id text;
--> statement-breakpoint
ALTER TYPE "written_entry" ADD ATTRIBUTE hold integer, ADD ATTRIBUTE counterpart_user_id uuid,
  ADD ATTRIBUTE counterpart_sequence integer;
--> statement-breakpoint
CREATE TYPE "change_decision" AS (
  entry written_entry, counterpart written_entry, account_after ledger_account, receiver_after ledger_account, result json);
--> statement-breakpoint
CREATE TYPE "token_user_day" AS (user_id uuid, root_id uuid, day date, added numeric, spent numeric);
--> statement-breakpoint
DROP FUNCTION "daily_limit"(text, bigint, numeric, text);
--> statement-breakpoint
DROP FUNCTION "exceeded_limit"(text, bigint, numeric, timestamptz, timestamptz);
--> statement-breakpoint
DROP FUNCTION "write_changes"(written_entry[], uuid[], bigint[], integer[], timestamptz[]);
--> statement-breakpoint
DROP FUNCTION "decide_limited_change"(requested_change, boolean, token_terms, token_day, uuid, boolean, users, bigint, integer, timestamptz, timestamptz, integer);
--> statement-breakpoint
DROP FUNCTION "decide_change"(requested_change, boolean, json, bigint, uuid, boolean, users, bigint, integer, timestamptz, timestamptz, integer);
--> statement-breakpoint
-- The result of each idempotency key, with the change that was requested with it, but for those of
-- answered_hold_keys. points: of a capture the points that it took, asked for or not.
CREATE OR REPLACE VIEW "answered_keys" AS
  SELECT e.user_id, e.owner_id, e.idempotency_key,
         CASE WHEN e.hold IS NOT NULL THEN 'CAPTURE' WHEN e.kind = 'TRANSFER_OUT' THEN 'TRANSFER' ELSE e.kind END AS kind,
         CASE WHEN e.kind <> 'REVERSAL' THEN abs(e.delta) END AS points,
         e.reverses, 'APPLIED' AS outcome, e AS entry, NULL::bigint AS available, NULL::bigint AS needed, e.hold,
         CASE WHEN e.kind = 'TRANSFER_OUT' THEN e.counterpart_user_id END AS receiver_id, NULL::bigint AS held,
         NULL::text AS state
    FROM entries e
  UNION ALL
  SELECT r.user_id, r.owner_id, r.idempotency_key, r.kind, r.points, r.reverses, r.code, NULL, r.available, r.needed, r.hold,
         r.receiver_id, r.held, r.hold_state
    FROM refusals r;
--> statement-breakpoint
-- The hold of each idempotency key under which one was made or released, with the change that was requested with it.
CREATE OR REPLACE VIEW "answered_hold_keys" AS
  SELECT h.user_id, h.owner_id, h.idempotency_key, 'HOLD' AS kind, h.points, NULL::integer AS hold, h AS own_hold
    FROM holds h
  UNION ALL
  SELECT h.user_id, h.release_owner_id, h.release_key, 'RELEASE', NULL, h.number, h
    FROM holds h;
--> statement-breakpoint
-- Ends the holds of an account that have expired at `moment`, and returns the account as it is then. The caller has locked the
-- balance. It writes the balance too, since a change may be refused afterwards.
CREATE OR REPLACE FUNCTION "end_expired_holds"(account ledger_account, moment timestamptz) RETURNS ledger_account LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  WITH expired AS (
    UPDATE holds h SET state = 'EXPIRED', ended_at = h.expires_at
     WHERE h.user_id = account.user_id AND h.state = 'HELD' AND h.expires_at <= moment
    RETURNING h.points)
  SELECT account.held - coalesce(sum(e.points), 0) INTO account.held FROM expired e;
  account.holds_until := (SELECT min(h.expires_at) FROM holds h WHERE h.user_id = account.user_id AND h.state = 'HELD');
  UPDATE balances b SET held = account.held, holds_until = account.holds_until WHERE b.user_id = account.user_id;
  RETURN account;
END $$;
--> statement-breakpoint
-- Ends expired holds of up to max_users users, so that lists of them by state tell it: everything else tells it by the clock.
-- Returns the number of users. It passes over users whose balance another transaction has locked, and so never waits.
CREATE OR REPLACE FUNCTION "mark_expired_holds"(max_users integer) RETURNS integer LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  moment CONSTANT timestamptz := clock_timestamp();
  expired_user uuid;
  account ledger_account;
  users integer := 0;
BEGIN
  FOR expired_user IN
    SELECT h.user_id FROM holds h WHERE h.state = 'HELD' AND h.expires_at <= moment
     GROUP BY h.user_id ORDER BY min(h.expires_at) LIMIT max_users
  LOOP
    SELECT b.user_id, b.points, b.sequence, b.last_entry_at, b.held, b.holds_until, b.last_hold INTO account FROM balances b
     WHERE b.user_id = expired_user FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND THEN
      PERFORM end_expired_holds(account, moment);
      users := users + 1;
    END IF;
  END LOOP;
  RETURN users;
END $$;
--> statement-breakpoint
-- Writes a hold that decide_change has allowed, and returns it with the account as it is then. The caller writes the account.
CREATE OR REPLACE FUNCTION "begin_hold"(change requested_change, INOUT account ledger_account, moment timestamptz, OUT hold holds)
  LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  account.last_hold := account.last_hold + 1;
  INSERT INTO holds AS h (user_id, number, points, state, created_at, expires_at, reason, reference, metadata, owner_id, token_id,
                          idempotency_key)
  VALUES (account.user_id, account.last_hold, change.points, 'HELD', moment,
          moment + change.expires_in_seconds * interval '1 second', change.reason, change.reference, change.metadata,
          change.owner_id, change.token_id, change.idempotency_key)
  RETURNING h.* INTO hold;
  account.held := account.held + hold.points;
  account.holds_until := least(account.holds_until, hold.expires_at);
END $$;
--> statement-breakpoint
-- Ends a hold that decide_change has found open, and returns it with the account as it is then. The caller writes the account.
--
-- change: kind CAPTURE or RELEASE. taken: the points that the capture takes. entry_sequence: the entry that it writes.
CREATE OR REPLACE FUNCTION "end_hold"(change requested_change, INOUT account ledger_account, INOUT hold holds, taken bigint,
    entry_sequence integer, moment timestamptz) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  UPDATE holds h
     SET state = CASE change.kind WHEN 'CAPTURE' THEN 'CAPTURED' ELSE 'RELEASED' END, ended_at = moment,
         captured = CASE change.kind WHEN 'CAPTURE' THEN taken END,
         requested_points = CASE change.kind WHEN 'CAPTURE' THEN change.points END,
         entry_sequence = end_hold.entry_sequence,
         release_owner_id = CASE change.kind WHEN 'RELEASE' THEN change.owner_id END,
         release_key = CASE change.kind WHEN 'RELEASE' THEN change.idempotency_key END
   WHERE h.user_id = hold.user_id AND h.number = hold.number
  RETURNING h.* INTO hold;
  account.held := account.held - hold.points;
  account.holds_until := (SELECT min(h.expires_at) FROM holds h WHERE h.user_id = account.user_id AND h.state = 'HELD');
END $$;
--> statement-breakpoint
-- When the last entry of an account was made; null: there is none. Earlier releases did not record it in the balance.
CREATE OR REPLACE FUNCTION "last_entry_time"(account ledger_account) RETURNS timestamptz LANGUAGE sql STABLE
  RETURN coalesce(account.last_entry_at,
    (SELECT e.created_at FROM entries e WHERE e.user_id = account.user_id AND e.sequence = account.sequence));
--> statement-breakpoint
-- A trigger for users who are deleted, whichever release deletes them: their open holds end. The transaction has locked the
-- balance before.
CREATE OR REPLACE FUNCTION "release_holds"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  moment CONSTANT timestamptz := clock_timestamp();
BEGIN
  UPDATE holds h SET state = CASE WHEN h.expires_at <= moment THEN 'EXPIRED' ELSE 'RELEASED' END,
                     ended_at = least(h.expires_at, moment)
   WHERE h.user_id = NEW.id AND h.state = 'HELD';
  UPDATE balances b SET held = 0, holds_until = NULL WHERE b.user_id = NEW.id AND b.held > 0;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- A daily limit that a change would exceed, as decide_change tells it. It resets when `today` ends in UTC.
CREATE OR REPLACE FUNCTION "exceeded_limit"(name text, max bigint, used numeric, moment timestamptz, today date)
  RETURNS json LANGUAGE sql STABLE
  RETURN json_build_object('limit', name, 'max', max, 'used', used, 'retryAfterSeconds',
    greatest(ceil(extract(epoch FROM (today + 1)::timestamp AT TIME ZONE 'UTC' - moment)), 1)::integer);
--> statement-breakpoint
-- Writes what tokens have used of their limits for a day and a user. The caller has locked the balances of these users.
CREATE OR REPLACE FUNCTION "write_token_user_days"(days token_user_day[]) RETURNS void LANGUAGE sql
  SET search_path = public, pg_temp
AS $$
  INSERT INTO token_user_counters (user_id, root_id, day, added, spent)
  SELECT d.user_id, d.root_id, d.day, d.added, d.spent FROM unnest(days) d
      ON CONFLICT ON CONSTRAINT token_user_counters_pkey
      DO UPDATE SET day = excluded.day, added = excluded.added, spent = excluded.spent;
$$;
--> statement-breakpoint
-- The name of a user when one of the user's entries was written. Its names are resolved when it is created.
CREATE OR REPLACE FUNCTION "username_at"(of_user uuid, at_sequence integer, current_name text) RETURNS text
  LANGUAGE sql STABLE
  RETURN coalesce(
    (SELECT f.username FROM former_usernames f WHERE f.user_id = of_user AND f.until_sequence >= at_sequence
      ORDER BY f.until_sequence, f.until LIMIT 1),
    current_name);
--> statement-breakpoint
-- The name of a user at a time. Its names are resolved when it is created.
CREATE OR REPLACE FUNCTION "username_when"(of_user uuid, moment timestamptz, current_name text) RETURNS text
  LANGUAGE sql STABLE
  RETURN coalesce(
    (SELECT f.username FROM former_usernames f WHERE f.user_id = of_user AND f.until > moment ORDER BY f.until LIMIT 1),
    current_name);
--> statement-breakpoint
-- The result that is stored under the idempotency key of a change, as decide_change returns it; null: none is. The caller has
-- locked the balance of the account.
--
-- has_receiver: whether the change names a user to give points to. receiver_id: this user; null: there is no such user now.
-- described_user: the user of the account, as decide_change tells it.
--
-- A key is compared with its kind, its points (left out or not), the entry, the hold and the receiver. A receiver who is not found
-- may be the one of then, who was renamed, so that a repeated request gets its result. Keys of holds are looked
-- up only for users who have had some, so that others do not pay for them.
CREATE OR REPLACE FUNCTION "stored_result"(change requested_change, account ledger_account, has_receiver boolean,
    receiver_id uuid, username text, described_user json, ordinal integer) RETURNS json LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  prior record;
  other record;
BEGIN
  SELECT k.kind, k.points, k.reverses, k.hold, k.receiver_id, k.outcome, k.entry, NULL::holds AS own_hold, k.available, k.needed,
         k.held, k.state
    INTO prior FROM answered_keys k
   WHERE k.user_id = account.user_id AND k.owner_id = change.owner_id AND k.idempotency_key = change.idempotency_key;
  IF NOT FOUND AND account.last_hold > 0 THEN
    SELECT k.kind, k.points, NULL::integer AS reverses, k.hold, NULL::uuid AS receiver_id, 'APPLIED' AS outcome,
           NULL::entries AS entry, k.own_hold, NULL::bigint AS available, NULL::bigint AS needed, NULL::bigint AS held,
           NULL::text AS state
      INTO prior FROM answered_hold_keys k
     WHERE k.user_id = account.user_id AND k.owner_id = change.owner_id AND k.idempotency_key = change.idempotency_key;
  END IF;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF prior.hold IS NOT NULL AND prior.outcome = 'APPLIED' AND prior.kind = 'CAPTURE' THEN
    prior.points := (SELECT h.requested_points FROM holds h WHERE h.user_id = account.user_id AND h.number = prior.hold);
  END IF;
  IF change.kind <> 'RESOLVE' AND prior.kind <> 'RESOLVE'
    AND ((prior.kind, prior.points, prior.reverses, prior.hold, prior.receiver_id IS NOT NULL)
         IS DISTINCT FROM (change.kind, change.points, change.reverses, change.hold, has_receiver)
         OR has_receiver AND prior.receiver_id <> receiver_id)
  THEN
    RETURN json_build_object('ordinal', ordinal, 'outcome', 'IDEMPOTENCY_KEY_REUSED');
  ELSIF (prior.own_hold).number IS NOT NULL THEN
    RETURN json_build_object('ordinal', ordinal, 'outcome', prior.outcome, 'replayed', true, 'user', described_user,
      'username', username_when(account.user_id,
        CASE prior.kind WHEN 'RELEASE' THEN (prior.own_hold).ended_at ELSE (prior.own_hold).created_at END, username),
      'hold', prior.own_hold, 'holdChange', prior.kind, 'available', account.points - account.held);
  ELSIF (prior.entry).counterpart_user_id IS NOT NULL THEN
    SELECT e AS entry, username_at(e.user_id, e.sequence, u.username) AS username INTO other
      FROM entries e JOIN users u ON u.id = e.user_id
     WHERE e.user_id = (prior.entry).counterpart_user_id AND e.sequence = (prior.entry).counterpart_sequence;
    RETURN json_build_object('ordinal', ordinal, 'outcome', prior.outcome, 'replayed', true, 'user', described_user,
      'username', username_at(account.user_id, (prior.entry).sequence, username), 'entry', prior.entry,
      'counterpart', other.entry, 'counterpartUsername', other.username);
  END IF;
  RETURN json_build_object('ordinal', ordinal, 'outcome', prior.outcome, 'replayed', true, 'available', prior.available,
    'needed', prior.needed, 'held', prior.held, 'state', prior.state, 'user', described_user,
    'username', username_at(account.user_id, (prior.entry).sequence, username), 'entry', prior.entry);
END $$;
--> statement-breakpoint
-- Decides on one change of points by the rules of the ledger, and records a refusal. change_points and apply_changes lock,
-- call it, and write what it decided; holds it writes itself.
--
-- change:        kind ADD | SPEND | REVERSAL | RESOLVE | HOLD | CAPTURE | RELEASE | TRANSFER. RESOLVE closes the key unless a
--                result is stored under it. TRANSFER gives points to a receiver, and CAPTURE does if one is named (to_…). The
--                credential is token_id, or session_id with the role that allowed the change; without either the caller is
--                trusted. scopes: the terms of the token when the change was allowed (see token_terms); null: they are not
--                compared.
--                effective_at: when an imported change was made, to the millisecond; null: now.
--                retried: an earlier attempt was lost and may have happened.
-- is_valid:      whether that token is valid and has these terms, as read under the locks; null: there is no token, or it is
--                unknown.
-- exceeded:      the limit of the token that the change would exceed: {limit, max} and of a daily one {used,
--                retryAfterSeconds}; null: none.
-- account:       of the user whom the change names, with all changes before this one, and without expired holds. user_id is
--                null if there is no such user. found_user: the same, as read under the locks.
-- receiver:      the same of the receiver or, for a REVERSAL, of the user of the other entry of a transfer.
-- moment:        now, at which a token has expired or not.
-- ordinal:       the number of the change in its call, from 1.
-- is_locked:     the caller holds the locks of the balances and of the credential's owner.
-- entry:         what to write, dated now, and not before the last entry, even if the clock has gone back; user_id is null for
--                nothing. counterpart: the entry of the receiver.
-- account_after: what the balance is to be, if anything was changed; receiver_after the same.
-- result:        {ordinal, outcome}; of what was decided under the lock also {replayed, available, needed, held, state}, of an
--                entry {user, username, entry}, of two {counterpart, counterpartUsername}, of a hold {hold, holdChange}, and of
--                TOKEN_LIMIT what exceeded holds.
--
-- Everything is decided by statements that begin after the locks, each with its own snapshot: a snapshot from before would
-- miss the idempotency keys of the transaction that held them, and credentials that it has ended. With a credential that
-- ended, or has other scopes, before the locks were acquired nothing is changed or stored, CREDENTIAL_ENDED.
--
-- The order of checks: the credential, the stored result of the key, the users, the limits of the token, the refusals of the
-- ledger. Only a retry reads the key before the credential, to find the result of its lost attempt.
--
-- A condition or an assignment that runs costs 1 µs per transaction at least, and a query 10 µs, also in a condition that does
-- not need it. So what only holds and transfers need stands in blocks of their own.
CREATE OR REPLACE FUNCTION "decide_change"(change requested_change, is_valid boolean, exceeded json, account ledger_account,
    is_locked boolean, found_user users, receiver ledger_account, receiving_user users, moment timestamptz, ordinal integer,
    OUT entry written_entry, OUT counterpart written_entry, OUT account_after ledger_account, OUT receiver_after ledger_account,
    OUT result json) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  max_points CONSTANT bigint := 9007199254740991;
  is_of_one_balance CONSTANT boolean := receiver.user_id IS NULL AND change.kind IN ('ADD', 'SPEND', 'REVERSAL', 'RESOLVE');
  needs_receiver boolean;
  described_user json;
  target_kind text;
  target_user uuid;
  target_sequence integer;
  is_reversed boolean;
  is_full boolean;
  hold holds;
  changed record;
  delta bigint;
  demand bigint; -- the points that must be available
  refusal text;
  available bigint;
  needed bigint;
  held bigint;
  written_at timestamptz;
  made_at timestamptz;
BEGIN
  IF change.session_id IS NOT NULL THEN
    SELECT s.fault IS NULL AND s.role = change.role INTO is_valid FROM session_state(change.session_id) s;
  ELSIF change.token_id IS NULL THEN
    is_valid := true;
  END IF;
  -- `retried` is null in calls of release 0.1.0, which does not distinguish retries.
  IF is_valid IS NOT TRUE AND (account.user_id IS NULL OR change.retried IS FALSE) THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'CREDENTIAL_ENDED');
    RETURN;
  ELSIF account.user_id IS NULL THEN
    result := json_build_object('ordinal', ordinal, 'outcome', CASE change.kind WHEN 'REVERSAL' THEN 'ENTRY_NOT_FOUND'
      WHEN 'CAPTURE' THEN 'HOLD_NOT_FOUND' WHEN 'RELEASE' THEN 'HOLD_NOT_FOUND' ELSE 'USER_NOT_FOUND' END);
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
     WHERE x.issuer = change.issuer AND x.external_id = change.external_id AND x.user_id = account.user_id;
    -- Linked to another user before the lock.
    IF NOT FOUND THEN
      result := json_build_object('ordinal', ordinal, 'outcome', 'BUSY');
      RETURN;
    END IF;
  END IF;
  IF NOT is_of_one_balance THEN
    needs_receiver := change.kind = 'TRANSFER'
      OR change.kind = 'CAPTURE' AND num_nonnulls(change.to_user_id, change.to_username, change.to_external_id) > 0;
    IF receiver.user_id = account.user_id THEN
      result := json_build_object('ordinal', ordinal, 'outcome', 'SAME_USER');
      RETURN;
    END IF;
    -- Renamed, or linked to another user, before the lock.
    IF needs_receiver AND receiver.user_id IS NOT NULL AND change.to_user_id IS NULL THEN
      PERFORM FROM external_ids x
       WHERE x.issuer = change.to_issuer AND x.external_id = change.to_external_id AND x.user_id = receiver.user_id;
      IF NOT FOUND AND lower(receiving_user.username COLLATE "C") IS DISTINCT FROM lower(change.to_username COLLATE "C") THEN
        result := json_build_object('ordinal', ordinal, 'outcome', 'BUSY');
        RETURN;
      END IF;
    END IF;
  END IF;
  described_user := json_build_object('id', account.user_id, 'username', found_user.username, 'role', found_user.role,
    'createdAt', found_user.created_at, 'deletedAt', found_user.deleted_at);

  IF change.idempotency_key IS NOT NULL THEN
    result := stored_result(change, account, coalesce(needs_receiver, false), receiver.user_id, found_user.username,
      described_user, ordinal);
    IF result IS NOT NULL THEN
      RETURN;
    END IF;
  END IF;
  IF is_valid IS NOT TRUE THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'CREDENTIAL_ENDED');
    RETURN;
  ELSIF found_user.deleted_at IS NOT NULL OR receiving_user.deleted_at IS NOT NULL
    OR needs_receiver AND receiver.user_id IS NULL
  THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'USER_NOT_FOUND');
    RETURN;
  END IF;

  IF change.kind = 'ADD' THEN
    delta := change.points;
  ELSIF change.kind IN ('SPEND', 'TRANSFER') THEN
    delta := -change.points;
    demand := change.points;
  ELSIF change.kind = 'RESOLVE' THEN
    refusal := 'IDEMPOTENCY_KEY_CLOSED';
  ELSIF change.kind = 'REVERSAL' THEN
    SELECT e.kind, -e.delta, e.delta, e.counterpart_user_id, e.counterpart_sequence, EXISTS (
             SELECT FROM entries r WHERE r.user_id = account.user_id AND r.reverses = change.reverses)
      INTO target_kind, delta, demand, target_user, target_sequence, is_reversed
      FROM entries e WHERE e.user_id = account.user_id AND e.sequence = change.reverses;
    IF NOT FOUND OR target_kind = 'REVERSAL' THEN
      result := json_build_object('ordinal', ordinal,
        'outcome', CASE WHEN FOUND THEN 'NOT_REVERSIBLE' ELSE 'ENTRY_NOT_FOUND' END);
      RETURN;
    -- The transfer was written after the caller chose what to lock.
    ELSIF target_user IS DISTINCT FROM receiver.user_id THEN
      result := json_build_object('ordinal', ordinal, 'outcome', 'BUSY');
      RETURN;
    END IF;
    refusal := CASE WHEN is_reversed THEN 'ALREADY_REVERSED' END;
  ELSIF change.kind = 'HOLD' THEN
    delta := 0;
    demand := change.points;
  ELSE
    SELECT h.* INTO hold FROM holds h WHERE h.user_id = account.user_id AND h.number = change.hold;
    IF NOT FOUND THEN
      result := json_build_object('ordinal', ordinal, 'outcome', 'HOLD_NOT_FOUND');
      RETURN;
    END IF;
    demand := CASE change.kind WHEN 'CAPTURE' THEN coalesce(change.points, hold.points) ELSE 0 END;
    delta := -demand;
    refusal := CASE WHEN hold.state <> 'HELD' THEN 'HOLD_ENDED' END;
  END IF;
  IF exceeded IS NOT NULL THEN
    result := exceeded::jsonb || jsonb_build_object('ordinal', ordinal, 'outcome', 'TOKEN_LIMIT');
    RETURN;
  END IF;
  IF NOT is_of_one_balance THEN
    IF change.kind = 'HOLD' THEN
      SELECT count(*) >= 1000 INTO is_full FROM holds h WHERE h.user_id = account.user_id AND h.state = 'HELD';
      IF is_full THEN
        result := json_build_object('ordinal', ordinal, 'outcome', 'HOLD_LIMIT');
        RETURN;
      END IF;
    END IF;
  END IF;
  IF refusal IS NULL AND demand > 0 AND demand > account.points - account.held + coalesce(hold.points, 0) THEN
    refusal := 'INSUFFICIENT_POINTS';
    available := account.points - account.held + coalesce(hold.points, 0);
    needed := demand;
    held := account.held;
  ELSIF refusal IS NULL AND account.points + delta > max_points THEN
    refusal := 'BALANCE_LIMIT';
  ELSIF refusal IS NULL AND receiver.user_id IS NOT NULL THEN
    IF delta > 0 AND delta > receiver.points - receiver.held THEN
      refusal := 'INSUFFICIENT_POINTS';
      available := receiver.points - receiver.held;
      needed := delta;
      held := receiver.held;
    ELSIF receiver.points - delta > max_points THEN
      refusal := 'BALANCE_LIMIT';
    END IF;
  END IF;

  IF refusal IS NOT NULL THEN
    IF change.idempotency_key IS NOT NULL THEN
      INSERT INTO refusals (user_id, owner_id, idempotency_key, kind, points, reverses, code, available, needed, token_id, held,
                            hold, hold_state, receiver_id)
      VALUES (account.user_id, change.owner_id, change.idempotency_key, change.kind, change.points, change.reverses, refusal,
              available, needed, change.token_id, held, change.hold, CASE refusal WHEN 'HOLD_ENDED' THEN hold.state END,
              CASE WHEN needs_receiver THEN receiver.user_id END);
    END IF;
    result := json_build_object('ordinal', ordinal, 'outcome', refusal, 'replayed', false, 'available', available,
      'needed', needed, 'held', held, 'state', CASE refusal WHEN 'HOLD_ENDED' THEN hold.state END);
    RETURN;
  END IF;

  IF NOT is_of_one_balance THEN
    IF delta = 0 THEN
      IF change.kind = 'HOLD' THEN
        changed := begin_hold(change, account, moment);
      ELSE
        changed := end_hold(change, account, hold, NULL, NULL, moment);
      END IF;
      account_after := changed.account;
      result := json_build_object('ordinal', ordinal, 'outcome', 'APPLIED', 'replayed', false, 'user', described_user,
        'username', found_user.username, 'hold', changed.hold, 'holdChange', change.kind,
        'available', account_after.points - account_after.held);
      RETURN;
    END IF;
    account.last_entry_at := greatest(last_entry_time(account), last_entry_time(receiver));
  ELSIF account.last_entry_at IS NULL AND account.sequence > 0 THEN
    -- Once for each user who had entries before balances recorded the time of the last one.
    account.last_entry_at := last_entry_time(account);
  END IF;
  IF change.effective_at IS NOT NULL THEN
    IF change.effective_at > moment OR change.effective_at < date_trunc('milliseconds', account.last_entry_at) THEN
      result := json_build_object('ordinal', ordinal, 'outcome', 'DATE_REFUSED');
      RETURN;
    END IF;
    made_at := greatest(change.effective_at, account.last_entry_at);
  END IF;
  written_at := greatest(moment, account.last_entry_at);
  IF hold.number IS NOT NULL THEN
    change.reason := coalesce(change.reason, hold.reason);
    change.reference := coalesce(change.reference, hold.reference);
    change.metadata := nullif(coalesce(change.metadata, hold.metadata), '[]');
    IF octet_length(change.reference) + (SELECT sum(octet_length(m ->> 'key') + octet_length(m ->> 'value'))
                                           FROM jsonb_array_elements(change.metadata) m) > 4096 THEN
      result := json_build_object('ordinal', ordinal, 'outcome', 'NOTES_TOO_LONG');
      RETURN;
    END IF;
    changed := end_hold(change, account, hold, demand, account.sequence + 1, moment);
    account := changed.account;
  END IF;
  entry := ROW(account.user_id, account.sequence + 1,
    CASE WHEN change.kind IN ('ADD', 'SPEND', 'REVERSAL') THEN change.kind WHEN needs_receiver THEN 'TRANSFER_OUT' ELSE 'SPEND' END,
    delta, account.points + delta, change.reason, change.reverses, change.owner_id, change.token_id,
    change.idempotency_key, written_at, made_at, change.reference, change.metadata,
    hold.number, receiver.user_id, receiver.sequence + 1);
  account_after := ROW(account.user_id, entry.balance_after, entry.sequence, coalesce(made_at, written_at), account.held,
    account.holds_until, account.last_hold);
  IF is_of_one_balance THEN
    -- Without the fields that are null: the node reads them all.
    result := json_build_object('ordinal', ordinal, 'outcome', 'APPLIED', 'replayed', false, 'user', described_user,
      'username', found_user.username, 'entry', json_build_object('user_id', account.user_id, 'sequence', entry.sequence,
        'kind', change.kind, 'delta', delta, 'balance_after', entry.balance_after, 'reason', change.reason,
        'reverses', change.reverses, 'created_at', written_at, 'effective_at', made_at,
        'reference', change.reference, 'metadata', change.metadata));
    RETURN;
  ELSIF receiver.user_id IS NULL THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'APPLIED', 'replayed', false, 'user', described_user,
      'username', found_user.username, 'entry', entry);
    RETURN;
  END IF;
  counterpart := ROW(receiver.user_id, receiver.sequence + 1, CASE WHEN needs_receiver THEN 'TRANSFER_IN' ELSE 'REVERSAL' END,
    -delta, receiver.points - delta, entry.reason, CASE WHEN NOT needs_receiver THEN target_sequence END,
    change.owner_id, change.token_id, NULL, written_at, made_at, entry.reference, entry.metadata, NULL, account.user_id,
    entry.sequence);
  receiver_after := ROW(receiver.user_id, counterpart.balance_after, counterpart.sequence, account_after.last_entry_at,
    receiver.held, receiver.holds_until, receiver.last_hold);
  result := json_build_object('ordinal', ordinal, 'outcome', 'APPLIED', 'replayed', false, 'user', described_user,
    'username', found_user.username, 'entry', entry, 'counterpart', counterpart,
    'counterpartUsername', receiving_user.username);
END $$;
--> statement-breakpoint
-- decide_change for a token with limits of points, and what is counted afterwards.
--
-- token:      its terms, as read under the locks.
-- used:       what the token has used of its limits for a day over all users; null: it has none, or another transaction has
--             locked the counter. The caller writes used_after.
-- used_by_user: what it has used of those for a day and the user of the change; null: it has none, or it has used nothing.
--             The caller writes used_by_user_after, unless its user_id is null.
-- decision:   as of decide_change; the result has also {limits}, the daily limits as after the change: [the day on which they
--             reset, max and used of maxAddedPerDay, of maxSpentPerDay, of maxAddedPerUserPerDay, of maxSpentPerUserPerDay],
--             null where there is none or its use is unknown, those of a user for the user of the change. Where another
--             transaction has locked the counter it is BUSY, with {counter}.
--
-- What is counted for a user is kept under the lock of their balance. A day never goes back, even if the clock has: otherwise a
-- failover to a server whose clock is behind would give an allowance twice.
CREATE OR REPLACE FUNCTION "decide_limited_change"(change requested_change, is_valid boolean, token token_terms,
    used token_day, used_by_user token_user_day, account ledger_account, is_locked boolean, found_user users, receiver ledger_account, receiving_user users,
    moment timestamptz, ordinal integer, OUT decision change_decision, OUT used_after token_day, OUT used_by_user_after token_user_day)
  LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  adds CONSTANT boolean := change.kind = 'ADD';
  spends CONSTANT boolean := change.kind IN ('SPEND', 'CAPTURE', 'TRANSFER');
  amount bigint := change.points;
  today date;
  user_added numeric;
  user_spent numeric;
  exceeded json;
BEGIN
  IF token.counts_days AND is_locked AND used.root_id IS NULL THEN
    decision.result := json_build_object('ordinal', ordinal, 'outcome', 'BUSY', 'counter', true);
    RETURN;
  END IF;
  IF change.kind = 'REVERSAL' THEN
    amount := (SELECT abs(e.delta) FROM entries e WHERE e.user_id = account.user_id AND e.sequence = change.reverses);
  ELSIF amount IS NULL AND change.hold IS NOT NULL THEN
    amount := (SELECT h.points FROM holds h WHERE h.user_id = account.user_id AND h.number = change.hold);
  END IF;
  today := greatest((moment AT TIME ZONE 'UTC')::date, used.day, used_by_user.day);
  IF token.counts_users AND is_locked THEN
    user_added := CASE WHEN used_by_user.day = today THEN used_by_user.added ELSE 0 END;
    user_spent := CASE WHEN used_by_user.day = today THEN used_by_user.spent ELSE 0 END;
  END IF;
  used_after := CASE WHEN used.day < today THEN ROW(token.root_id, today, 0, 0, 0, 0)::token_day ELSE used END;

  exceeded := CASE
    WHEN amount > token.max_points_per_change
      THEN json_build_object('limit', 'maxPointsPerChange', 'max', token.max_points_per_change)
    WHEN adds AND used_after.added - used_after.added_unlimited + amount > token.max_added_per_day
      THEN exceeded_limit('maxAddedPerDay', token.max_added_per_day, used_after.added - used_after.added_unlimited, moment, today)
    WHEN spends AND used_after.spent - used_after.spent_unlimited + amount > token.max_spent_per_day
      THEN exceeded_limit('maxSpentPerDay', token.max_spent_per_day, used_after.spent - used_after.spent_unlimited, moment, today)
    WHEN adds AND user_added + amount > token.max_added_per_user_per_day
      THEN exceeded_limit('maxAddedPerUserPerDay', token.max_added_per_user_per_day, user_added, moment, today)
    WHEN spends AND user_spent + amount > token.max_spent_per_user_per_day
      THEN exceeded_limit('maxSpentPerUserPerDay', token.max_spent_per_user_per_day, user_spent, moment, today)
  END;
  decision := decide_change(change, is_valid, exceeded, account, is_locked, found_user, receiver, receiving_user, moment, ordinal);

  -- A reversal neither counts nor gives back. Amounts count against a limit only where it exists.
  IF (decision.entry).user_id IS NOT NULL AND (adds OR spends) THEN
    IF token.counts_days THEN
      used_after := ROW(used_after.root_id, today,
        used_after.added + CASE WHEN adds THEN amount ELSE 0 END, used_after.spent + CASE WHEN spends THEN amount ELSE 0 END,
        used_after.added_unlimited + CASE WHEN adds AND token.max_added_per_day IS NULL THEN amount ELSE 0 END,
        used_after.spent_unlimited + CASE WHEN spends AND token.max_spent_per_day IS NULL THEN amount ELSE 0 END);
    END IF;
    IF token.counts_users THEN
      user_added := user_added + CASE WHEN adds AND token.max_added_per_user_per_day IS NOT NULL THEN amount ELSE 0 END;
      user_spent := user_spent + CASE WHEN spends AND token.max_spent_per_user_per_day IS NOT NULL THEN amount ELSE 0 END;
      used_by_user_after := ROW(account.user_id, token.root_id, today, user_added, user_spent);
    END IF;
  END IF;
  IF token.counts_days OR token.counts_users THEN
    -- Not jsonb, which would take the result apart: 30 µs.
    decision.result := '{"limits":' || json_build_array(today + 1,
      token.max_added_per_day, used_after.added - used_after.added_unlimited,
      token.max_spent_per_day, used_after.spent - used_after.spent_unlimited,
      token.max_added_per_user_per_day, user_added, token.max_spent_per_user_per_day, user_spent)
      || ',' || substr(decision.result::text, 2);
  END IF;
END $$;
--> statement-breakpoint
-- Writes entries, and the balances of the accounts that changed. The caller has locked them. `written` is no array of the row
-- type of `entries`, which PostgreSQL would copy with all its constraints for each call: that takes 20 µs.
CREATE OR REPLACE FUNCTION "write_changes"(written written_entry[], accounts ledger_account[]) RETURNS void LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  INSERT INTO entries (user_id, sequence, kind, delta, balance_after, reason, reverses, owner_id, token_id, idempotency_key,
                       created_at, effective_at, reference, metadata, hold, counterpart_user_id, counterpart_sequence)
  SELECT w.user_id, w.sequence, w.kind, w.delta, w.balance_after, w.reason, w.reverses, w.owner_id, w.token_id,
         w.idempotency_key, w.created_at, w.effective_at, w.reference, w.metadata, w.hold, w.counterpart_user_id,
         w.counterpart_sequence
    FROM unnest(written) w;
  UPDATE balances b SET points = a.points, sequence = a.sequence, last_entry_at = a.last_entry_at, held = a.held,
                        holds_until = a.holds_until, last_hold = a.last_hold
    FROM unnest(accounts) a
   WHERE b.user_id = a.user_id AND (b.sequence <> a.sequence OR b.held <> a.held OR b.last_hold <> a.last_hold);
END $$;
--> statement-breakpoint
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
  limited record;
  decision change_decision;
  entry written_entry;
BEGIN
  IF change.kind = 'REVERSAL' THEN
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
    limited := decide_limited_change(change, is_valid, token, used, used_by_user, account, is_locked, found_user, NULL, NULL,
      moment, 1);
    decision := limited.decision;
    entry := decision.entry;
    IF entry.user_id IS NOT NULL AND token.counts_days THEN
      used := limited.used_after;
      UPDATE token_counters c SET day = used.day, added = used.added, spent = used.spent,
                                  added_unlimited = used.added_unlimited, spent_unlimited = used.spent_unlimited
       WHERE c.root_id = used.root_id;
    END IF;
    IF (limited.used_by_user_after).user_id IS NOT NULL THEN
      PERFORM write_token_user_days(ARRAY[limited.used_by_user_after]);
    END IF;
  ELSE
    decision := decide_change(change, is_valid, NULL, account, is_locked, found_user, NULL, NULL, moment, 1);
    entry := decision.entry;
  END IF;
  IF entry.user_id IS NOT NULL THEN
    INSERT INTO entries (user_id, sequence, kind, delta, balance_after, reason, reverses, owner_id, token_id,
                         idempotency_key, created_at, effective_at, reference, metadata)
    VALUES (entry.user_id, entry.sequence, entry.kind, entry.delta, entry.balance_after, entry.reason, entry.reverses,
            entry.owner_id, entry.token_id, entry.idempotency_key, entry.created_at, entry.effective_at, entry.reference,
            entry.metadata);
    UPDATE balances b SET points = entry.balance_after, sequence = entry.sequence,
                          last_entry_at = coalesce(entry.effective_at, entry.created_at)
     WHERE b.user_id = entry.user_id;
  END IF;
  RETURN decision.result;
END $$;
--> statement-breakpoint
-- Applies changes of points, each on its own, those of one user in the given order. One call is one transaction.
--
-- operations:        the changes, [{kind, userId | username | issuer and externalId, points | reverses | hold,
--                    expiresInSeconds, toUserId | toUsername | toIssuer and toExternalId, reason, reference, metadata,
--                    effectiveAt, ownerId, tokenId | sessionId, role, scopes, idempotencyKey, retried}]. See decide_change for
--                    what they mean.
-- wait_milliseconds: how long to wait for each lock that another transaction holds, before the call fails.
--                    0: do not wait; changes that need such a lock are BUSY. Then a counter is waited for, 0.1 s, if it is
--                    that of all changes: nodes that change points with one token at the same time take turns. In other
--                    calls a counter is not waited for, so that other tokens do not wait with it.
-- Returns a row per change: the result of decide_change.
--
-- After a change between two users that is BUSY, further ones of both are BUSY, so that the caller can keep their order. Its
-- result has {waitsFor}, the user whose balance another transaction has locked.
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
  user_ids uuid[];
  concern_two_users boolean;
  receiver_ids uuid[];
  owners uuid[];
  locked uuid[];
  accounts ledger_account[];
  first_expiry timestamptz;
  found_users users[];
  tokens token_terms[];
  token_ids uuid[];
  token token_terms;
  is_valid boolean;
  days token_day[];
  counted uuid[];
  only_counter boolean;
  has_counted boolean := false;
  counts_users boolean;
  user_days token_user_day[];
  counted_users text[]; -- their users and tokens
  user_place integer;
  counted_places integer[];
  change requested_change;
  receiver_id uuid;
  account ledger_account;
  receiver ledger_account;
  receiving_user users;
  place integer;
  receiver_place integer;
  is_locked boolean;
  late uuid[];
  limited record;
  decision change_decision;
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
         bool_or(o.kind IN ('REVERSAL', 'CAPTURE', 'TRANSFER'))
    INTO changes, user_ids, concern_two_users
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
  -- A balance that was waited for is read as it is under the lock.
  IF wait_milliseconds = 0 THEN
    SELECT array_agg(l.user_id), array_agg(l::ledger_account), min(l.holds_until) INTO locked, accounts, first_expiry FROM (
      SELECT b.user_id, b.points, b.sequence, b.last_entry_at, b.held, b.holds_until, b.last_hold FROM balances b
       WHERE b.user_id = ANY (user_ids || receiver_ids) ORDER BY b.user_id FOR NO KEY UPDATE SKIP LOCKED) l;
  ELSE
    PERFORM set_config('lock_timeout', wait_milliseconds || 'ms', true);
    SELECT array_agg(l.user_id), array_agg(l::ledger_account), min(l.holds_until) INTO locked, accounts, first_expiry FROM (
      SELECT b.user_id, b.points, b.sequence, b.last_entry_at, b.held, b.holds_until, b.last_hold FROM balances b
       WHERE b.user_id = ANY (user_ids || receiver_ids) ORDER BY b.user_id FOR NO KEY UPDATE) l;
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
  SELECT array_agg(DISTINCT t.root_id) FILTER (WHERE t.counts_days), bool_or(t.counts_users) INTO counted, counts_users
    FROM unnest(tokens) t;
  IF cardinality(counted) > 0 THEN
    only_counter := wait_milliseconds = 0 AND cardinality(counted) = 1 AND (SELECT bool_and(coalesce(t.root_id = counted[1], false))
      FROM unnest(changes) c LEFT JOIN unnest(tokens) t ON t.token_id = c.token_id);
    days := lock_token_days(counted, CASE WHEN only_counter THEN 100 ELSE 0 END);
    counted := ARRAY(SELECT d.root_id FROM unnest(days) d);
    -- The counter may have been waited for. Meanwhile a token, or a hold, may have expired.
    moment := clock_timestamp();
    tokens := ARRAY(SELECT t FROM unnest(token_ids) WITH ORDINALITY used(id, place), token_terms(used.id, moment) t ORDER BY used.place);
  END IF;
  IF counts_users THEN
    SELECT array_agg(ROW(p.user_id, p.root_id, c.day, c.added, c.spent)::token_user_day), array_agg(p.user_id::text || p.root_id)
      INTO user_days, counted_users
      FROM (SELECT DISTINCT user_ids[c.ordinality] AS user_id, t.root_id
              FROM unnest(changes) WITH ORDINALITY c JOIN unnest(tokens) t ON t.token_id = c.token_id AND t.counts_users
             WHERE user_ids[c.ordinality] = ANY (locked)) p
      LEFT JOIN token_user_counters c ON c.user_id = p.user_id AND c.root_id = p.root_id;
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
    receiver_id := receiver_ids[ordinal];
    place := array_position(locked, user_ids[ordinal]);
    account := accounts[place];
    account.user_id := user_ids[ordinal];
    is_locked := place IS NOT NULL
      AND (coalesce(change.token_id, change.session_id) IS NULL OR change.owner_id = ANY (owners))
      AND (late IS NULL OR NOT ARRAY[account.user_id, receiver_id] && late);
    receiver := NULL;
    receiving_user := NULL;
    IF receiver_id IS NOT NULL THEN
      receiver_place := array_position(locked, receiver_id);
      receiver := accounts[receiver_place];
      receiver.user_id := receiver_id;
      receiving_user := found_users[receiver_place];
      is_locked := is_locked AND receiver_place IS NOT NULL;
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
      user_place := CASE WHEN token.counts_users THEN array_position(counted_users, account.user_id::text || token.root_id) END;
      limited := decide_limited_change(change, is_valid, token, days[array_position(counted, token.root_id)],
        user_days[user_place], account, is_locked, found_users[place], receiver, receiving_user, moment, ordinal);
      decision := limited.decision;
      IF (limited.used_by_user_after).user_id IS NOT NULL THEN
        user_days[user_place] := limited.used_by_user_after;
        counted_places := counted_places || user_place;
      END IF;
      IF (decision.entry).user_id IS NOT NULL AND token.counts_days THEN
        days[array_position(counted, token.root_id)] := limited.used_after;
        has_counted := true;
      END IF;
    ELSE
      decision := decide_change(change, is_valid, NULL, account, is_locked, found_users[place], receiver, receiving_user,
        moment, ordinal);
    END IF;
    IF (decision.account_after).user_id IS NOT NULL THEN
      accounts[place] := decision.account_after;
      IF (decision.entry).user_id IS NOT NULL THEN
        unwritten := unwritten || decision.entry;
        unwritten_keys := unwritten_keys || change.idempotency_key;
      END IF;
      IF (decision.counterpart).user_id IS NOT NULL THEN
        accounts[receiver_place] := decision.receiver_after;
        unwritten := unwritten || decision.counterpart;
      END IF;
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
  IF counted_places IS NOT NULL THEN
    PERFORM write_token_user_days(ARRAY(SELECT user_days[p.place] FROM (SELECT DISTINCT unnest(counted_places) AS place) p));
  END IF;
END $$;
--> statement-breakpoint
-- Who could call the functions of before may call those that they call now, also where default privileges give it to none. Who
-- could write entries may write holds, which the functions do, and read their keys.
DO $$
DECLARE
  callers text;
  writers text;
BEGIN
  SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ')
    INTO callers
    FROM pg_proc p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
   WHERE p.oid = 'apply_points(jsonb, integer)'::regprocedure AND a.privilege_type = 'EXECUTE';
  EXECUTE 'GRANT EXECUTE ON FUNCTION begin_hold, end_hold, end_expired_holds, mark_expired_holds, last_entry_time, username_when,
    stored_result, exceeded_limit, write_token_user_days, decide_change, decide_limited_change, write_changes TO ' || callers;
  SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ')
    INTO writers
    FROM pg_class c CROSS JOIN aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
   WHERE c.oid = 'entries'::regclass AND a.privilege_type = 'INSERT';
  EXECUTE 'GRANT SELECT, INSERT, UPDATE ON holds TO ' || writers;
  EXECUTE 'GRANT SELECT ON answered_hold_keys TO ' || writers;
END $$;
