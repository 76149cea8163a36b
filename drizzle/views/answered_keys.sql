-- The result of each idempotency key, with the change that was requested with it.
CREATE OR REPLACE VIEW "answered_keys" AS
  SELECT e.user_id, e.owner_id, e.idempotency_key, e.kind, CASE WHEN e.kind <> 'REVERSAL' THEN abs(e.delta) END AS points,
         e.reverses, 'APPLIED' AS outcome, e AS entry, NULL::bigint AS available, NULL::bigint AS needed
    FROM entries e
  UNION ALL
  SELECT r.user_id, r.owner_id, r.idempotency_key, r.kind, r.points, r.reverses, r.code, NULL, r.available, r.needed
    FROM refusals r;
