import { sql } from 'drizzle-orm';

/** The rule that what a balance says of holds breaks, or null. Most users have none: no hold is read for them but the last. */
export const brokenHeldRule = sql`case
  when b.last_hold <> coalesce((select max(h.number) from holds h where h.user_id = b.user_id), 0) then 'LAST_HOLD_DIFFERS'
  when (b.last_hold > 0 or b.held <> 0) and b.held <> (
    select coalesce(sum(h.points), 0) from holds h where h.user_id = b.user_id and h.state = 'HELD') then 'HELD_DIFFERS'
  when (b.last_hold > 0 or b.holds_until is not null) and b.holds_until is distinct from (
    select min(h.expires_at) from holds h where h.user_id = b.user_id and h.state = 'HELD') then 'EXPIRY_DIFFERS'
end`;

/** Whether another change than that of a hold, which joins the entries or refusals as `o`, has one of its keys. */
const hasKeyOf = sql`(values (h.owner_id, h.idempotency_key), (h.release_owner_id, h.release_key)) k (owner_id, key)
  where o.user_id = h.user_id and o.owner_id = k.owner_id and o.idempotency_key = k.key`;

/** The first rule that a hold breaks, or null, in a window of its user's holds. */
export const brokenHoldRule = sql`case
  when h.number <> coalesce(lag(h.number) over ledger, 0) + 1 then 'HOLD_NUMBER_BROKEN'
  when h.state = 'CAPTURED' and not exists (
    select from entries e where e.user_id = h.user_id and e.sequence = h.entry_sequence and e.hold = h.number
       and e.delta = -h.captured) then 'CAPTURE_WRONG'
  when h.ended_at > h.expires_at or h.state = 'EXPIRED' and h.ended_at <> h.expires_at then 'ENDED_LATE'
  when exists (select from entries o, ${hasKeyOf}) then 'KEY_TWICE'
  when exists (select from refusals o, ${hasKeyOf}) then 'KEY_REFUSED'
  when exists (
    select from holds o where o.user_id = h.user_id and o.owner_id = h.release_owner_id and o.idempotency_key = h.release_key)
    then 'KEY_TWICE'
end`;
