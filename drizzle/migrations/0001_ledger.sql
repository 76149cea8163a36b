-- Room on each page for the row's next version, so that an update touches no index and is pruned in passing.
ALTER TABLE "balances" SET (fillfactor = 70);
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
-- What a user was called when an entry of theirs was written.
CREATE FUNCTION "username_at"(of_user uuid, at_sequence integer, now_called text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT username FROM former_usernames WHERE user_id = of_user AND until_sequence >= at_sequence
      ORDER BY until_sequence LIMIT 1),
    now_called)
$$;
--> statement-breakpoint
-- Applies operations, each definite by itself, those of one user in the order given. One call is one transaction.
--
-- operations: [{kind: ADD | SPEND | REVERSAL, userId | username, points | reverses, reason, ownerId, tokenId, idempotencyKey}]
-- may_wait:   whether to wait for accounts that somebody else has locked; if not, their operations come back BUSY.
-- Answers a row per operation: {ordinal, outcome, replayed, available, needed, username, user, entry}.
--
-- Locks the balances of the users named in the order of their ids, so that no two calls wait for each other in a circle.
-- All is decided by statements that begin after that, each with a snapshot of its own: a snapshot older than the lock
-- shows the balance, and misses the idempotency keys, of before whatever the lock was waiting for.
CREATE FUNCTION "apply_points"(operations jsonb, may_wait boolean) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
DECLARE
  most_points CONSTANT bigint := 9007199254740991;
  named uuid[];
  locked uuid[];
  operation record;
  prior record;
  target record;
  written entries;
  account uuid;
  held bigint;
  last_sequence integer;
  change bigint;
  refusal text;
  answer jsonb;
BEGIN
  SELECT array_agg(coalesce(o."userId", (
           SELECT u.id FROM users u WHERE lower(u.username) = lower(o.username) AND u.deleted_at IS NULL)))
    INTO named
    FROM jsonb_to_recordset(operations) AS o("userId" uuid, username text);
  IF may_wait THEN
    SELECT array_agg(l.user_id) INTO locked FROM (
      SELECT b.user_id FROM balances b WHERE b.user_id = ANY (named) ORDER BY b.user_id FOR NO KEY UPDATE) l;
  ELSE
    SELECT array_agg(l.user_id) INTO locked FROM (
      SELECT b.user_id FROM balances b WHERE b.user_id = ANY (named) ORDER BY b.user_id FOR NO KEY UPDATE SKIP LOCKED) l;
  END IF;

  FOR operation IN
    SELECT o.*, u.id AS account, u.username AS called, u.deleted_at, b.points AS held, b.sequence AS last_sequence,
           jsonb_build_object('id', u.id, 'username', u.username, 'role', u.role, 'createdAt', u.created_at,
             'deletedAt', u.deleted_at) AS account_user
      FROM ROWS FROM (jsonb_to_recordset(operations) AS (
             kind text, "userId" uuid, username text, points bigint, reverses integer, reason text,
             "ownerId" uuid, "tokenId" uuid, "idempotencyKey" text)) WITH ORDINALITY AS o
      LEFT JOIN users u ON u.id = coalesce(o."userId", (
             SELECT n.id FROM users n WHERE lower(n.username) = lower(o.username) AND n.deleted_at IS NULL))
      LEFT JOIN balances b ON b.user_id = u.id
     ORDER BY u.id, o.ordinality
  LOOP
    answer := jsonb_build_object('ordinal', operation.ordinality, 'user', operation.account_user);
    IF operation.account IS NULL THEN
      RETURN NEXT answer || '{"outcome": "USER_NOT_FOUND"}';
      CONTINUE;
    ELSIF locked IS NULL OR NOT operation.account = ANY (locked) THEN
      RETURN NEXT answer || '{"outcome": "BUSY"}';
      CONTINUE;
    ELSIF account IS DISTINCT FROM operation.account THEN
      UPDATE balances b SET points = held, sequence = last_sequence
       WHERE b.user_id = account AND b.sequence <> last_sequence;
      account := operation.account;
      held := operation.held;
      last_sequence := operation.last_sequence;
    END IF;

    IF operation."idempotencyKey" IS NOT NULL THEN
      SELECT e AS entry, e.kind, abs(e.delta) AS points, e.reverses INTO prior FROM entries e
       WHERE e.user_id = account AND e.owner_id = operation."ownerId" AND e.idempotency_key = operation."idempotencyKey";
      IF FOUND THEN
        written := prior.entry;
        RETURN NEXT answer || CASE
          WHEN prior.kind = operation.kind AND prior.reverses IS NOT DISTINCT FROM operation.reverses
               AND (operation.kind = 'REVERSAL' OR prior.points = operation.points)
          THEN jsonb_build_object('outcome', 'APPLIED', 'replayed', true, 'entry', to_jsonb(written),
                 'username', username_at(account, written.sequence, operation.called))
          ELSE '{"outcome": "IDEMPOTENCY_KEY_REUSED"}' END;
        CONTINUE;
      END IF;
      SELECT r.* INTO prior FROM refusals r
       WHERE r.user_id = account AND r.owner_id = operation."ownerId" AND r.idempotency_key = operation."idempotencyKey";
      IF FOUND THEN
        RETURN NEXT answer || CASE
          WHEN prior.kind = operation.kind AND prior.reverses IS NOT DISTINCT FROM operation.reverses
               AND prior.points IS NOT DISTINCT FROM operation.points
          THEN jsonb_build_object('outcome', prior.code, 'replayed', true, 'available', prior.available,
                 'needed', prior.needed)
          ELSE '{"outcome": "IDEMPOTENCY_KEY_REUSED"}' END;
        CONTINUE;
      END IF;
    END IF;

    IF operation.deleted_at IS NOT NULL THEN
      RETURN NEXT answer || '{"outcome": "USER_NOT_FOUND"}';
      CONTINUE;
    END IF;

    refusal := NULL;
    change := CASE operation.kind WHEN 'ADD' THEN operation.points WHEN 'SPEND' THEN -operation.points END;
    IF operation.kind = 'REVERSAL' THEN
      SELECT e.kind, e.delta INTO target FROM entries e WHERE e.user_id = account AND e.sequence = operation.reverses;
      IF NOT FOUND OR target.kind = 'REVERSAL' THEN
        RETURN NEXT answer || CASE WHEN FOUND THEN '{"outcome": "NOT_REVERSIBLE"}' ELSE '{"outcome": "ENTRY_NOT_FOUND"}' END::jsonb;
        CONTINUE;
      END IF;
      change := -target.delta;
      IF EXISTS (SELECT FROM entries e WHERE e.user_id = account AND e.reverses = operation.reverses) THEN
        refusal := 'ALREADY_REVERSED';
      END IF;
    END IF;
    IF refusal IS NULL AND held + change < 0 THEN
      refusal := 'INSUFFICIENT_POINTS';
    ELSIF refusal IS NULL AND held + change > most_points THEN
      refusal := 'BALANCE_LIMIT';
    END IF;

    IF refusal IS NULL THEN
      held := held + change;
      last_sequence := last_sequence + 1;
      INSERT INTO entries (user_id, sequence, kind, delta, balance_after, reason, reverses, owner_id, token_id, idempotency_key)
      VALUES (account, last_sequence, operation.kind, change, held, operation.reason, operation.reverses,
              operation."ownerId", operation."tokenId", operation."idempotencyKey")
      RETURNING * INTO written;
      RETURN NEXT answer || jsonb_build_object('outcome', 'APPLIED', 'replayed', false, 'entry', to_jsonb(written),
        'username', operation.called);
    ELSE
      IF operation."idempotencyKey" IS NOT NULL THEN
        INSERT INTO refusals (user_id, owner_id, idempotency_key, kind, points, reverses, code, available, needed, token_id)
        VALUES (account, operation."ownerId", operation."idempotencyKey", operation.kind, operation.points,
                operation.reverses, refusal, held, -change, operation."tokenId");
      END IF;
      RETURN NEXT answer || jsonb_build_object('outcome', refusal, 'replayed', false, 'available', held, 'needed', -change);
    END IF;
  END LOOP;
  UPDATE balances b SET points = held, sequence = last_sequence
   WHERE b.user_id = account AND b.sequence <> last_sequence;
END $$;
