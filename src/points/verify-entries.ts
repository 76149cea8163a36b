import { sql } from 'drizzle-orm';
import { MAX_POINTS } from './limits.js';

/** When the change of an entry was made: of an imported one, before it was written. */
export const timeOfChange = sql`coalesce(e.effective_at, e.created_at)`;

/** Whether an entry has no counterpart and needs none, or one of the opposite delta that names it back. */
const matchesCounterpart = sql`case
  when e.counterpart_user_id is null then e.kind in ('ADD', 'SPEND') or e.kind = 'REVERSAL' and not exists (
    select from entries o where o.user_id = e.user_id and o.sequence = e.reverses and o.counterpart_user_id is not null)
  else exists (
    select from entries o
      left join entries r on r.user_id = e.user_id and r.sequence = e.reverses
     where o.user_id = e.counterpart_user_id and o.sequence = e.counterpart_sequence and o.delta = -e.delta
       and o.user_id <> e.user_id and o.counterpart_user_id = e.user_id and o.counterpart_sequence = e.sequence
       and case e.kind when 'TRANSFER_OUT' then o.kind = 'TRANSFER_IN' when 'TRANSFER_IN' then o.kind = 'TRANSFER_OUT'
           when 'REVERSAL' then o.kind = 'REVERSAL' and o.user_id = r.counterpart_user_id and o.reverses = r.counterpart_sequence
           else false end)
end`;

/** The first rule that an entry breaks, or null, in a window of its user's entries. */
export const brokenEntryRule = sql`case
  when not exists (select from balances b where b.user_id = e.user_id) then 'BALANCE_MISSING'
  when e.sequence <> coalesce(lag(e.sequence) over ledger, 0) + 1 then 'SEQUENCE_BROKEN'
  when e.balance_after <> coalesce(lag(e.balance_after) over ledger, 0) + e.delta then 'CHAIN_BROKEN'
  when e.balance_after not between 0 and ${sql.raw(String(MAX_POINTS))} then 'BALANCE_IMPOSSIBLE'
  when e.delta = 0 or e.kind in ('ADD', 'TRANSFER_IN') and e.delta < 0 or e.kind in ('SPEND', 'TRANSFER_OUT') and e.delta > 0
    then 'DELTA_WRONG'
  when (e.kind = 'REVERSAL') <> (e.reverses is not null) or e.reverses is not null and not exists (
    select from entries o where o.user_id = e.user_id and o.sequence = e.reverses
       and o.sequence < e.sequence and o.kind <> 'REVERSAL' and o.delta = -e.delta) then 'REVERSAL_WRONG'
  when e.reverses is not null and exists (
    select from entries o where o.user_id = e.user_id and o.reverses = e.reverses and o.sequence <> e.sequence)
    then 'REVERSED_TWICE'
  when not ${matchesCounterpart} then 'COUNTERPART_WRONG'
  when e.hold is not null and not exists (
    select from holds h where h.user_id = e.user_id and h.number = e.hold and h.state = 'CAPTURED'
       and h.entry_sequence = e.sequence and h.captured = -e.delta) then 'CAPTURE_WRONG'
  -- Only imported entries: earlier releases dated the others by the clock alone, which can go back.
  when e.effective_at < lag(${timeOfChange}) over ledger then 'IMPORTED_DATE_DECREASES'
  when e.idempotency_key is not null and exists (
    select from entries o where o.user_id = e.user_id and o.owner_id = e.owner_id
       and o.idempotency_key = e.idempotency_key and o.sequence <> e.sequence) then 'KEY_TWICE'
  when e.idempotency_key is not null and exists (
    select from refusals r where r.user_id = e.user_id and r.owner_id = e.owner_id
       and r.idempotency_key = e.idempotency_key) then 'KEY_REFUSED'
end`;
