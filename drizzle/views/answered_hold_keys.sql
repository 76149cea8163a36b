-- The hold of each idempotency key under which one was made or released, with the change that was requested with it.
CREATE OR REPLACE VIEW "answered_hold_keys" AS
  SELECT h.user_id, h.owner_id, h.idempotency_key, 'HOLD' AS kind, h.points, NULL::integer AS hold, h AS own_hold
    FROM holds h
  UNION ALL
  SELECT h.user_id, h.release_owner_id, h.release_key, 'RELEASE', NULL, h.number, h
    FROM holds h;
