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
