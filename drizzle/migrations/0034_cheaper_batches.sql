-- oldest-code: 0.1.0
-- Changes of points read the owners and tokens of a call once. What tokens with limits for a day and a user have used is found
-- by its place, and only what changed is written. The result of a change has its daily limits from the start.
--
-- A call of a function that is under way while this migration commits can fail with an undefined function, and has no effect
-- then.
DROP FUNCTION "decide_limited_change"(requested_change, boolean, token_terms, token_day, token_user_day, ledger_account, boolean,
  users, ledger_account, users, timestamptz, integer);
--> statement-breakpoint
DROP FUNCTION "decide_change"(requested_change, boolean, json, ledger_account, boolean, users, ledger_account, users, timestamptz,
  integer);
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
-- limits:        what the result has as {limits} if an entry is written; null: an empty list.
-- is_locked:     the caller holds the locks of the balances and of the credential's owner.
-- written_at:    the time of the entry that the change writes: now, and not before the last entry, even if the clock has gone
--                back; null: it writes none. made_at: when an imported change was made, and not before the last entry within
--                the same millisecond; null: now. delta: the points of that entry.
-- account_after: what the balance is to be after a hold, the end of one, or a change between two users, which also has
--                receiver_after and the whole entries: entry, and counterpart, that of the receiver. user_id is null after
--                other changes: the caller knows all that they write, and composites cost 10 µs.
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
-- not need it; so does a call of another function, or the first field that is read of an absent composite. So what only holds
-- and transfers need stands in blocks of their own, and stored_result is called where the key is known.
CREATE OR REPLACE FUNCTION "decide_change"(change requested_change, is_valid boolean, exceeded json, account ledger_account,
    is_locked boolean, found_user users, receiver ledger_account, receiving_user users, moment timestamptz, ordinal integer,
    limits json DEFAULT NULL, OUT entry written_entry, OUT counterpart written_entry, OUT account_after ledger_account,
    OUT receiver_after ledger_account, OUT result json, OUT delta bigint, OUT written_at timestamptz, OUT made_at timestamptz)
  LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  max_points CONSTANT bigint := 9007199254740991;
  is_of_one_balance CONSTANT boolean := change.kind IN ('ADD', 'SPEND', 'RESOLVE')
    OR change.kind = 'REVERSAL' AND receiver.user_id IS NULL;
  needs_receiver boolean;
  is_receiver_gone boolean;
  described_user json;
  target_kind text;
  target_user uuid;
  target_sequence integer;
  is_reversed boolean;
  is_full boolean;
  hold holds;
  changed record;
  freed bigint; -- the points of the hold that the change ends
  refusal text;
  available bigint;
  needed bigint;
  held bigint;
BEGIN
  IF change.session_id IS NOT NULL THEN
    SELECT s.fault IS NULL AND s.role = change.role INTO is_valid FROM session_state(change.session_id) s;
  ELSIF change.token_id IS NULL THEN
    is_valid := true;
  END IF;
  IF is_valid IS NOT TRUE OR account.user_id IS NULL OR NOT is_locked OR change.user_id IS NULL THEN
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
  END IF;
  IF NOT is_of_one_balance THEN
    needs_receiver := change.kind = 'TRANSFER'
      OR change.kind = 'CAPTURE' AND num_nonnulls(change.to_user_id, change.to_username, change.to_external_id) > 0;
    is_receiver_gone := receiving_user.deleted_at IS NOT NULL OR needs_receiver AND receiver.user_id IS NULL;
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
    PERFORM FROM answered_keys k
     WHERE k.user_id = account.user_id AND k.owner_id = change.owner_id AND k.idempotency_key = change.idempotency_key;
    IF NOT FOUND AND account.last_hold > 0 THEN
      PERFORM FROM answered_hold_keys k
       WHERE k.user_id = account.user_id AND k.owner_id = change.owner_id AND k.idempotency_key = change.idempotency_key;
    END IF;
    IF FOUND THEN
      result := stored_result(change, account, coalesce(needs_receiver, false), receiver.user_id, found_user.username,
        described_user, ordinal);
      RETURN;
    END IF;
  END IF;
  IF is_valid IS NOT TRUE OR found_user.deleted_at IS NOT NULL OR is_receiver_gone THEN
    result := json_build_object('ordinal', ordinal,
      'outcome', CASE WHEN is_valid IS TRUE THEN 'USER_NOT_FOUND' ELSE 'CREDENTIAL_ENDED' END);
    RETURN;
  END IF;

  IF change.kind = 'ADD' THEN
    delta := change.points;
  ELSIF change.kind IN ('SPEND', 'TRANSFER') THEN
    delta := -change.points;
  ELSIF change.kind = 'RESOLVE' THEN
    refusal := 'IDEMPOTENCY_KEY_CLOSED';
  ELSIF change.kind = 'REVERSAL' THEN
    SELECT e.kind, -e.delta, e.counterpart_user_id, e.counterpart_sequence, EXISTS (
             SELECT FROM entries r WHERE r.user_id = account.user_id AND r.reverses = change.reverses)
      INTO target_kind, delta, target_user, target_sequence, is_reversed
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
    delta := -change.points;
    SELECT count(*) >= 1000 INTO is_full FROM holds h WHERE h.user_id = account.user_id AND h.state = 'HELD';
    IF is_full AND exceeded IS NULL THEN
      result := json_build_object('ordinal', ordinal, 'outcome', 'HOLD_LIMIT');
      RETURN;
    END IF;
  ELSE
    SELECT h.* INTO hold FROM holds h WHERE h.user_id = account.user_id AND h.number = change.hold;
    IF NOT FOUND THEN
      result := json_build_object('ordinal', ordinal, 'outcome', 'HOLD_NOT_FOUND');
      RETURN;
    END IF;
    freed := hold.points;
    delta := CASE change.kind WHEN 'CAPTURE' THEN -coalesce(change.points, hold.points) ELSE 0 END;
    refusal := CASE WHEN hold.state <> 'HELD' THEN 'HOLD_ENDED' END;
  END IF;
  IF exceeded IS NOT NULL THEN
    result := exceeded::jsonb || jsonb_build_object('ordinal', ordinal, 'outcome', 'TOKEN_LIMIT');
    RETURN;
  END IF;
  IF refusal IS NULL AND account.points - account.held + coalesce(freed, 0) + delta < 0 THEN
    refusal := 'INSUFFICIENT_POINTS';
    available := account.points - account.held + coalesce(freed, 0);
    needed := -delta;
    held := account.held;
  ELSIF refusal IS NULL AND account.points + delta > max_points THEN
    refusal := 'BALANCE_LIMIT';
  END IF;
  IF NOT is_of_one_balance THEN
    IF refusal IS NULL AND delta > receiver.points - receiver.held THEN
      refusal := 'INSUFFICIENT_POINTS';
      available := receiver.points - receiver.held;
      needed := delta;
      held := receiver.held;
    ELSIF refusal IS NULL AND receiver.points - delta > max_points THEN
      refusal := 'BALANCE_LIMIT';
    ELSIF refusal IS NULL AND change.kind IN ('HOLD', 'RELEASE') THEN
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

  IF change.effective_at IS NOT NULL THEN
    IF change.effective_at > moment OR change.effective_at < date_trunc('milliseconds', account.last_entry_at) THEN
      result := json_build_object('ordinal', ordinal, 'outcome', 'DATE_REFUSED');
      RETURN;
    END IF;
    made_at := greatest(change.effective_at, account.last_entry_at);
  END IF;
  written_at := greatest(moment, account.last_entry_at);
  IF is_of_one_balance THEN
    -- Without the fields that are null: the node reads them all.
    result := json_build_object('ordinal', ordinal, 'outcome', 'APPLIED', 'replayed', false, 'user', described_user,
      'username', found_user.username, 'limits', coalesce(limits, '[]'),
      'entry', json_build_object('user_id', account.user_id, 'sequence', account.sequence + 1,
        'kind', change.kind, 'delta', delta, 'balance_after', account.points + delta, 'reason', change.reason,
        'reverses', change.reverses, 'created_at', written_at, 'effective_at', made_at,
        'reference', change.reference, 'metadata', change.metadata));
    RETURN;
  END IF;
  IF hold.number IS NOT NULL THEN
    change.reason := coalesce(change.reason, hold.reason);
    change.reference := coalesce(change.reference, hold.reference);
    change.metadata := nullif(coalesce(change.metadata, hold.metadata), '[]');
    IF octet_length(change.reference) + (SELECT sum(octet_length(m ->> 'key') + octet_length(m ->> 'value'))
                                           FROM jsonb_array_elements(change.metadata) m) > 4096 THEN
      written_at := NULL;
      result := json_build_object('ordinal', ordinal, 'outcome', 'NOTES_TOO_LONG');
      RETURN;
    END IF;
    changed := end_hold(change, account, hold, -delta, account.sequence + 1, moment);
    account := changed.account;
  END IF;
  entry := ROW(account.user_id, account.sequence + 1,
    CASE WHEN change.kind IN ('ADD', 'SPEND', 'REVERSAL') THEN change.kind WHEN needs_receiver THEN 'TRANSFER_OUT' ELSE 'SPEND' END,
    delta, account.points + delta, change.reason, change.reverses, change.owner_id, change.token_id,
    change.idempotency_key, written_at, made_at, change.reference, change.metadata,
    hold.number, receiver.user_id, receiver.sequence + 1);
  account_after := ROW(account.user_id, entry.balance_after, entry.sequence, coalesce(made_at, written_at), account.held,
    account.holds_until, account.last_hold);
  IF receiver.user_id IS NULL THEN
    result := json_build_object('ordinal', ordinal, 'outcome', 'APPLIED', 'replayed', false, 'user', described_user,
      'username', found_user.username, 'limits', coalesce(limits, '[]'), 'entry', entry);
    RETURN;
  END IF;
  counterpart := ROW(receiver.user_id, receiver.sequence + 1, CASE WHEN needs_receiver THEN 'TRANSFER_IN' ELSE 'REVERSAL' END,
    -delta, receiver.points - delta, entry.reason, CASE WHEN NOT needs_receiver THEN target_sequence END,
    change.owner_id, change.token_id, NULL, written_at, made_at, entry.reference, entry.metadata, NULL, account.user_id,
    entry.sequence);
  receiver_after := ROW(receiver.user_id, counterpart.balance_after, counterpart.sequence, account_after.last_entry_at,
    receiver.held, receiver.holds_until, receiver.last_hold);
  result := json_build_object('ordinal', ordinal, 'outcome', 'APPLIED', 'replayed', false, 'user', described_user,
    'username', found_user.username, 'limits', coalesce(limits, '[]'), 'entry', entry, 'counterpart', counterpart,
    'counterpartUsername', receiving_user.username);
END $$;
--> statement-breakpoint
-- Counts a change of points against the limits of its token, for decide_change and the caller, who writes the counters if an
-- entry is written.
--
-- kind, amount, reverses, hold: of the change. With RESOLVE it only reads the limits.
-- token:        its terms, as read under the locks.
-- used:         what the token has used of its limits for a day over all users; null: it has none, or its counter is unknown.
-- used_by_user: what it has used of those for a day and the user; null: it has none, or it has used nothing.
-- user_id:      of the user of the change, whose balance is locked; null: there is none.
-- exceeded:     the limit that the change would exceed, as decide_change expects it; null: none.
-- limits:       its daily limits after the change: [the day on which they reset, max and used of maxAddedPerDay, of
--               maxSpentPerDay, of maxAddedPerUserPerDay, of maxSpentPerUserPerDay], null where there is none or its use is
--               unknown, those of a user for the user of the change; null: the token has none.
-- used_after, used_by_user_after: the counters after the change; the latter null: it counts nothing for the user.
--
-- What is counted for a user is kept under the lock of their balance. A day never goes back, even if the clock has: otherwise a
-- failover to a server whose clock is behind would give an allowance twice. A reversal neither counts nor gives back. Amounts
-- count against a limit only where it exists.
CREATE OR REPLACE FUNCTION "count_change"(kind text, amount bigint, reverses integer, hold integer, token token_terms,
    used token_day, used_by_user token_user_day, user_id uuid, moment timestamptz,
    OUT exceeded json, OUT limits json, OUT used_after token_day, OUT used_by_user_after token_user_day) LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
DECLARE
  today date;
  added bigint := 0;
  spent bigint := 0;
  user_added numeric;
  user_spent numeric;
BEGIN
  IF kind = 'REVERSAL' THEN
    amount := (SELECT abs(e.delta) FROM entries e
                WHERE e.user_id = count_change.user_id AND e.sequence = count_change.reverses);
  ELSIF amount IS NULL AND hold IS NOT NULL THEN
    amount := (SELECT h.points FROM holds h WHERE h.user_id = count_change.user_id AND h.number = count_change.hold);
  END IF;
  IF kind = 'ADD' THEN
    added := amount;
  ELSIF kind IN ('SPEND', 'CAPTURE', 'TRANSFER') THEN
    spent := amount;
  END IF;
  today := greatest((moment AT TIME ZONE 'UTC')::date, used.day, used_by_user.day);
  IF used.day < today THEN
    used := ROW(token.root_id, today, 0, 0, 0, 0);
  END IF;
  IF token.counts_users AND user_id IS NOT NULL THEN
    user_added := CASE WHEN used_by_user.day = today THEN used_by_user.added ELSE 0 END;
    user_spent := CASE WHEN used_by_user.day = today THEN used_by_user.spent ELSE 0 END;
  END IF;

  exceeded := CASE
    WHEN amount > token.max_points_per_change
      THEN json_build_object('limit', 'maxPointsPerChange', 'max', token.max_points_per_change)
    WHEN added > 0 AND used.added - used.added_unlimited + added > token.max_added_per_day
      THEN exceeded_limit('maxAddedPerDay', token.max_added_per_day, used.added - used.added_unlimited, moment, today)
    WHEN spent > 0 AND used.spent - used.spent_unlimited + spent > token.max_spent_per_day
      THEN exceeded_limit('maxSpentPerDay', token.max_spent_per_day, used.spent - used.spent_unlimited, moment, today)
    WHEN added > 0 AND user_added + added > token.max_added_per_user_per_day
      THEN exceeded_limit('maxAddedPerUserPerDay', token.max_added_per_user_per_day, user_added, moment, today)
    WHEN spent > 0 AND user_spent + spent > token.max_spent_per_user_per_day
      THEN exceeded_limit('maxSpentPerUserPerDay', token.max_spent_per_user_per_day, user_spent, moment, today)
  END;

  IF token.counts_days THEN
    used_after := ROW(used.root_id, today, used.added + added, used.spent + spent,
      used.added_unlimited + CASE WHEN token.max_added_per_day IS NULL THEN added ELSE 0 END,
      used.spent_unlimited + CASE WHEN token.max_spent_per_day IS NULL THEN spent ELSE 0 END);
  END IF;
  IF token.counts_users AND user_id IS NOT NULL THEN
    user_added := user_added + CASE WHEN token.max_added_per_user_per_day IS NULL THEN 0 ELSE added END;
    user_spent := user_spent + CASE WHEN token.max_spent_per_user_per_day IS NULL THEN 0 ELSE spent END;
    IF added + spent > 0 THEN
      used_by_user_after := ROW(user_id, token.root_id, today, user_added, user_spent);
    END IF;
  END IF;
  IF token.counts_days OR token.counts_users THEN
    limits := json_build_array(today + 1,
      token.max_added_per_day, used_after.added - used_after.added_unlimited,
      token.max_spent_per_day, used_after.spent - used_after.spent_unlimited,
      token.max_added_per_user_per_day, user_added, token.max_spent_per_user_per_day, user_spent);
  END IF;
END $$;
--> statement-breakpoint
-- A result of decide_change that wrote no entry, with the daily limits of the token. Not jsonb, which would take the result
-- apart: 30 µs.
CREATE OR REPLACE FUNCTION "with_limits"(result json, limits json) RETURNS json LANGUAGE sql IMMUTABLE
RETURN coalesce(('{"limits":' || limits::text || ',' || substr(result::text, 2))::json, result);
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
  usage record; -- of the limits of the token
  decision record;
BEGIN
  IF reverses IS NOT NULL THEN
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
    IF token.counts_days AND is_locked AND used.root_id IS NULL THEN
      RETURN json_build_object('ordinal', 1, 'outcome', 'BUSY', 'counter', true);
    END IF;
    usage := count_change(change.kind, change.points, change.reverses, NULL, token, used, used_by_user,
      CASE WHEN is_locked THEN account.user_id END, moment);
    decision := decide_change(change, is_valid, usage.exceeded, account, is_locked, found_user, NULL, NULL, moment, 1,
      usage.limits);
    IF decision.written_at IS NULL THEN
      RETURN with_limits(decision.result, (SELECT u.limits FROM count_change('RESOLVE', NULL, NULL, NULL, token, used,
        used_by_user, CASE WHEN is_locked THEN account.user_id END, moment) u));
    END IF;
    IF token.counts_days THEN
      used := usage.used_after;
      UPDATE token_counters c SET day = used.day, added = used.added, spent = used.spent,
                                  added_unlimited = used.added_unlimited, spent_unlimited = used.spent_unlimited
       WHERE c.root_id = used.root_id;
    END IF;
    IF (usage.used_by_user_after).user_id IS NOT NULL THEN
      PERFORM write_token_user_days(ARRAY[usage.used_by_user_after]);
    END IF;
  ELSE
    decision := decide_change(change, is_valid, NULL, account, is_locked, found_user, NULL, NULL, moment, 1);
  END IF;
  IF decision.written_at IS NOT NULL THEN
    INSERT INTO entries (user_id, sequence, kind, delta, balance_after, reason, reverses, owner_id, token_id,
                         idempotency_key, created_at, effective_at, reference, metadata)
    VALUES (account.user_id, account.sequence + 1, change.kind, decision.delta, account.points + decision.delta, change.reason,
            change.reverses, change.owner_id, change.token_id, change.idempotency_key, decision.written_at,
            decision.made_at, change.reference, change.metadata);
    UPDATE balances b SET points = account.points + decision.delta, sequence = account.sequence + 1,
                          last_entry_at = coalesce(decision.made_at, decision.written_at)
     WHERE b.user_id = account.user_id;
  END IF;
  RETURN decision.result;
END $$;
--> statement-breakpoint
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
--> statement-breakpoint
-- Who could call the functions of before may call those that are made anew, also where default privileges give them to none.
DO $$
DECLARE
  callers text;
BEGIN
  SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ')
    INTO callers
    FROM pg_proc p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
   WHERE p.oid IN ('apply_points(jsonb, integer)'::regprocedure, 'apply_changes(jsonb, integer)'::regprocedure) AND a.privilege_type = 'EXECUTE';
  EXECUTE 'GRANT EXECUTE ON FUNCTION decide_change, count_change, with_limits TO ' || callers;
END $$;
