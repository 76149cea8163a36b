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
