import { BANK_POINTS, type BankChange, definiteOutcome } from './bank.js';
import type { FaultyDatabase } from './database.js';

/** What the database shows of moved and held points that cannot be, given what was told. One sentence each. */
export async function bankViolations(
  database: FaultyDatabase,
  changes: readonly BankChange[],
  userIds: readonly string[],
): Promise<string[]> {
  const rows = await database.query(
    `select b.user_id, b.points::float8, b.held::float8,
            (select coalesce(sum(h.points), 0)::float8 from holds h where h.user_id = b.user_id and h.state = 'HELD') as open
       from balances b where b.user_id = any ($1)`,
    [userIds],
  );
  const traces = await database.query(
    `select idempotency_key as key, user_id || '.' || sequence as id from entries where user_id = any ($1)
      union all select idempotency_key, user_id || '.h' || number from holds where user_id = any ($1)
      union all select release_key, user_id || '.h' || number from holds where user_id = any ($1)`,
    [userIds],
  );
  const unasked = await database.query(
    `select user_id || '.h' || number as id from holds
      where user_id = any ($1) and state = 'RELEASED' and release_key is null`,
    [userIds],
  );
  const made = new Map<unknown, unknown[]>();
  for (const { key, id } of traces) made.set(key, [...(made.get(key) ?? []), id]);
  const sum = rows.reduce((total, { points }) => total + Number(points), 0);
  const taken = changes.reduce((total, change) => total + takenAway(change), 0);
  const expected = userIds.length * BANK_POINTS - taken;
  return [
    ...(sum === expected ? [] : [`I14: the users have ${sum} points, and should have ${expected}`]),
    ...rows.flatMap(({ user_id, held, open }) =>
      held === open ? [] : [`I15: ${user_id} has ${held} points held, and open holds of ${open}`],
    ),
    ...changes.flatMap((change) => ofChange(change, made.get(change.key) ?? [])),
    ...endedTwice(changes),
    ...unasked.map(({ id }) => `I15: hold ${id} was released, although no request asked for it`),
  ];
}

/** The points that a capture took without giving them to anyone. */
function takenAway(change: BankChange): number {
  const outcome = definiteOutcome(change);
  return change.kind === 'CAPTURE' && change.to === undefined && outcome?.outcome === 'OK' ? -outcome.delta : 0;
}

function ofChange(change: BankChange, made: readonly unknown[]): string[] {
  const { key, kind, outcomes, hold } = change;
  const outcome = definiteOutcome(change);
  const found: string[] = [];
  const definite = outcomes
    .map(({ afterMs: _, ...each }) => each)
    .filter((each) => each.outcome === 'OK' || each.outcome === 'REFUSED');
  if (new Set(definite.map((each) => JSON.stringify(each))).size > 1) found.push(`I5: two responses to ${key} differ`);
  if (made.length > 1) found.push(`I2: ${key} was made ${made.length} times`);
  if (outcome === undefined) found.push(`I5: the outcome of ${key} is still unknown`);
  else if (outcome.outcome !== 'OK' && made.length > 0) found.push(`I5: ${key} was made, although refused`);
  else if (outcome.outcome === 'OK' && made[0] !== outcome.id) found.push(`I1: ${key} was confirmed, and is lost`);
  if (kind === 'RELEASE' && outcome?.outcome === 'OK' && outcome.id !== hold)
    found.push(`I1: ${key} released another hold`);
  return found;
}

function endedTwice(changes: readonly BankChange[]): string[] {
  const ends = new Map<string, number>();
  for (const change of changes) {
    const isEnd = change.hold !== undefined && definiteOutcome(change)?.outcome === 'OK';
    if (isEnd && change.hold !== undefined) ends.set(change.hold, (ends.get(change.hold) ?? 0) + 1);
  }
  return [...ends].flatMap(([hold, count]) => (count > 1 ? [`I15: hold ${hold} was ended ${count} times`] : []));
}
