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
