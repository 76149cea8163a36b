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
