import type { FaultyDatabase } from './database.js';
import type { LoadLog } from './load.js';
import { contradictions, finalOutcome, type Operation } from './operation-log.js';

/** The invariants under every fault. A violation begins with the rule that it breaks. */
export const RULES = {
  I1: 'a change that was confirmed is in the ledger once, as it was confirmed',
  I2: 'one key has one effect, and no entry exists without a request',
  I3: 'no balance is ever negative',
  I4: 'the sequences of a user have no gap, each entry follows from the one before, the balance is the last one',
  I5: 'a refused change was not made, a repeat gets the first response, and every unknown outcome can be resolved',
  I6: 'a read that begins after a response shows the change, on every node',
  I7: 'the sum of the balances is the sum of the confirmed changes',
  I8: 'all nodes serve again within 15 s, nothing stays locked, and no node exits by itself',
  I9: 'no statement fails because of another, or of what it writes: no deadlock, no violated key or check',
  I10: 'no change is made with a token after its revocation, or its pause, was confirmed, on any node',
  I11: 'users, tokens and revocations that were confirmed exist, and failures are reported as such',
  I12: 'the first add of an external id creates one user and one entry, on however many nodes it is sent at once',
  I13: 'a token adds no more than its daily limit, on however many nodes, and is refused only what exceeds it; a rotation does not begin anew',
  I14: 'transfers, and captures that give points to a user, conserve the sum of all points',
  I15: 'the held points of a user are the sum of the open holds; a hold ends once; no more is held than there is',
} as const;

interface Row {
  readonly userId: string;
  readonly sequence: number;
  readonly delta: number;
  readonly balanceAfter: number;
  readonly key: string | null;
}

/** The violations that the database shows, given the outcomes that clients saw. One sentence each. */
export async function violations(
  database: FaultyDatabase,
  log: LoadLog,
  userIds: readonly string[],
): Promise<string[]> {
  const rows = (await database.query(
    `select user_id as "userId", sequence, delta::float8, balance_after::float8 as "balanceAfter", idempotency_key as key
       from entries where user_id = any($1) order by user_id, sequence`,
    [userIds],
  )) as unknown as Row[]; // as the statement names them
  const balances = await database.query(
    'select user_id, points::float8, sequence from balances where user_id = any($1)',
    [userIds],
  );
  const byKey = new Map<string | null, Row[]>();
  for (const row of rows) byKey.set(row.key, [...(byKey.get(row.key) ?? []), row]);
  const found = [
    ...log.operations.flatMap((operation) => ofOperation(operation, byKey.get(operation.key) ?? [])),
    ...ofRows(rows, new Set(log.operations.map(({ key }) => key))),
    ...balances.flatMap(({ user_id, points, sequence }) => {
      const last = rows.findLast(({ userId }) => userId === user_id);
      const isLast = points === (last?.balanceAfter ?? 0) && sequence === (last?.sequence ?? 0);
      return isLast ? [] : [`I4: the balance of ${user_id} is not its last entry`];
    }),
  ];
  const confirmed = log.operations
    .map(finalOutcome)
    .reduce((sum, outcome) => sum + (outcome.outcome === 'OK' ? outcome.delta : 0), 0);
  const kept = balances.reduce((sum, { points }) => sum + Number(points), 0);
  if (confirmed !== kept) found.push(`I7: ${confirmed} points were confirmed, the balances have ${kept}`);
  if (log.staleReads > 0) found.push(`I6: ${log.staleReads} reads did not show a change confirmed before`);
  return found;
}

function ofOperation(operation: Operation, rows: readonly Row[]): string[] {
  const { key, kind, points } = operation;
  const outcome = finalOutcome(operation);
  const [row] = rows;
  const found = contradictions(operation).map(() => `I5: two responses to ${key} differ`);
  if (outcome.outcome === 'REFUSED' && outcome.available !== null && outcome.available >= points)
    found.push(`I5: ${key} was refused with ${outcome.available} points available`);
  if (rows.length > 1) found.push(`I2: ${key} was made ${rows.length} times`);
  if (row !== undefined && row.delta !== (kind === 'ADD' ? points : -points))
    found.push(`I1: ${key} was made with other points`);
  if (outcome.outcome === 'UNKNOWN') found.push(`I5: the outcome of ${key} is still unknown`);
  else if (outcome.outcome !== 'OK' && row !== undefined) found.push(`I5: ${key} was made, although refused`);
  else if (outcome.outcome === 'OK' && row === undefined) found.push(`I1: ${key} was confirmed, and is lost`);
  else if (
    outcome.outcome === 'OK' &&
    (row?.sequence !== outcome.sequence || row.delta !== outcome.delta || row.balanceAfter !== outcome.balanceAfter)
  )
    found.push(`I1: ${key} is not as it was confirmed`);
  return found;
}

function ofRows(rows: readonly Row[], keys: ReadonlySet<string>): string[] {
  return rows.flatMap((row, index) => {
    const before = rows[index - 1]?.userId === row.userId ? rows[index - 1] : undefined;
    const found: string[] = [];
    if (row.key === null || !keys.has(row.key))
      found.push(`I2: no request explains entry ${row.sequence} of ${row.userId}`);
    if (row.balanceAfter < 0) found.push(`I3: entry ${row.sequence} of ${row.userId} overdraws`);
    if (row.sequence !== (before?.sequence ?? 0) + 1 || row.balanceAfter !== (before?.balanceAfter ?? 0) + row.delta)
      found.push(`I4: entry ${row.sequence} of ${row.userId} does not follow from the one before`);
    return found;
  });
}
