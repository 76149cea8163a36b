-- Room on each page for the row's next version, so that an update touches no index and is pruned in passing.
ALTER TABLE "balances" SET (fillfactor = 70);
--> statement-breakpoint
-- Numbers of points in brackets, in their order: 2,047 and less each their own, above that 1,024 to each power of two.
CREATE FUNCTION "bracket_of"(points bigint) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (1024 * greatest(length(ltrim(points::bit(64)::text, '0')) - 11, 0)
    + (points >> greatest(length(ltrim(points::bit(64)::text, '0')) - 11, 0)))::integer
$$;
--> statement-breakpoint
ALTER TABLE "balances" ADD COLUMN "bracket" integer GENERATED ALWAYS AS (bracket_of(points)) STORED NOT NULL;
--> statement-breakpoint
CREATE INDEX "balances_by_bracket" ON "balances" USING btree ("bracket");
--> statement-breakpoint
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER "entries_are_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "refusals_are_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "refusals"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- What was answered under each idempotency key, with what it was asked for.
CREATE VIEW "answered_keys" AS
  SELECT e.user_id, e.owner_id, e.idempotency_key, e.kind, CASE WHEN e.kind <> 'REVERSAL' THEN abs(e.delta) END AS points,
         e.reverses, 'APPLIED' AS outcome, e AS entry, NULL::bigint AS available, NULL::bigint AS needed
    FROM entries e
  UNION ALL
  SELECT r.user_id, r.owner_id, r.idempotency_key, r.kind, r.points, r.reverses, r.code, NULL, r.available, r.needed
    FROM refusals r;
--> statement-breakpoint
-- What a user was called when an entry of theirs was written.
CREATE FUNCTION "username_at"(of_user uuid, at_sequence integer, now_called text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT username FROM former_usernames WHERE user_id = of_user AND until_sequence >= at_sequence
      ORDER BY until_sequence LIMIT 1),
    now_called)
$$;
--> statement-breakpoint
-- Writes entries, and the balances that follow from them. The caller holds the locks on the balances.
CREATE FUNCTION "write_entries"(written entries[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO entries SELECT * FROM unnest(written);
  UPDATE balances b SET points = last.balance_after, sequence = last.sequence
    FROM (SELECT DISTINCT ON (e.user_id) e.* FROM unnest(written) e ORDER BY e.user_id, e.sequence DESC) last
   WHERE b.user_id = last.user_id;
END $$;
--> statement-breakpoint
-- Applies operations, each definite by itself, those of one user in the order given. One call is one transaction.
--
-- operations:        [{kind: ADD | SPEND | REVERSAL | RESOLVE, userId | username, points | reverses, reason, ownerId, tokenId,
--                    idempotencyKey}]; RESOLVE closes the key unless something was answered under it before.
-- wait_milliseconds: how long to wait for each account that somebody else has locked, before the whole call fails.
--                    0: not at all, the operations on such an account come back BUSY.
-- Answers a row per operation, in any order: {ordinal, user, outcome, replayed, entry, username, available, needed}.
--
-- Locks the balances of the users named in the order of their ids, so that no two calls wait for each other in a circle.
-- All is decided by statements that begin after that, each with a snapshot of its own: a snapshot older than the lock
-- shows the balance, and misses the idempotency keys, of before whatever the lock was waiting for.
CREATE FUNCTION "apply_points"(operations jsonb, wait_milliseconds integer) RETURNS SETOF jsonb LANGUAGE plpgsql
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
           SELECT u.id FROM users u WHERE lower(u.username) = lower(o.username) AND u.deleted_at IS NULL)))
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
           row_number() OVER (PARTITION BY u.id, o."ownerId", o."idempotencyKey" ORDER BY o.ordinality) > 1 AS repeats_key,
           jsonb_build_object('id', u.id, 'username', u.username, 'role', u.role, 'createdAt', u.created_at,
             'deletedAt', u.deleted_at) AS found_user
      FROM ROWS FROM (jsonb_to_recordset(operations) AS (
             kind text, "userId" uuid, username text, points bigint, reverses integer, reason text,
             "ownerId" uuid, "tokenId" uuid, "idempotencyKey" text)) WITH ORDINALITY AS o
      LEFT JOIN users u ON u.id = coalesce(o."userId", (
             SELECT n.id FROM users n WHERE lower(n.username) = lower(o.username) AND n.deleted_at IS NULL))
      LEFT JOIN balances b ON b.user_id = u.id
     ORDER BY u.id, o.ordinality
  LOOP
    IF operation.account IS NULL THEN
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
      -- In the order of the table's columns.
      written := ROW(account, last_sequence, operation.kind, change, balance, operation.reason, operation.reverses,
        operation."ownerId", operation."tokenId", operation."idempotencyKey", moment);
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
--> statement-breakpoint
-- The living users behind `from_points` and, among equals, behind the lower-case name `behind`: most points first.
--
-- Bracket by bracket, downwards; within one there are few to be sorted. A bracket of one number can hold any crowd, all
-- of whom have it: there the users are taken in the order of their names, and those who do not have it left out.
CREATE FUNCTION "leaders"(most integer, from_points bigint, behind text) RETURNS TABLE (user_id uuid, points bigint)
  LANGUAGE plpgsql STABLE
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  crowd CONSTANT integer := 5000;
  lowest_of_many CONSTANT integer := 2048;
  level integer := bracket_of(from_points) + 1;
  missing integer := most;
  given integer;
BEGIN
  LOOP
    level := (SELECT max(b.bracket) FROM balances b WHERE b.bracket < level);
    EXIT WHEN level IS NULL;
    IF level < lowest_of_many AND EXISTS (SELECT FROM balances b WHERE b.bracket = level OFFSET crowd) THEN
      RETURN QUERY
        SELECT u.id, b.points
          FROM users u
         CROSS JOIN LATERAL (SELECT o.points FROM balances o WHERE o.user_id = u.id AND o.bracket = level OFFSET 0) b
         WHERE u.deleted_at IS NULL AND lower(u.username) > CASE level WHEN from_points THEN behind ELSE '' END
         ORDER BY lower(u.username) LIMIT missing;
    ELSE
      RETURN QUERY
        SELECT b.user_id, b.points
          FROM balances b JOIN users u ON u.id = b.user_id
         WHERE b.bracket = level AND u.deleted_at IS NULL
           AND (b.points < from_points OR (b.points = from_points AND lower(u.username) > behind))
         ORDER BY b.points DESC, lower(u.username) LIMIT missing;
    END IF;
    GET DIAGNOSTICS given = ROW_COUNT;
    missing := missing - given;
    EXIT WHEN missing = 0;
  END LOOP;
END $$;
