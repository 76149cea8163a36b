import type { FaultyDatabase } from './database.js';
import type { LoadLog } from './load.js';
import { contradictions, type Operation, verdict } from './operation-log.js';

/** What has to hold whatever happens. A violation begins with the rule that it breaks. */
export const RULES = {
  I1: 'what was answered is in the ledger, once and as it was answered',
  I2: 'one key has one effect, and nothing is there without a request',
  I3: 'no balance is ever negative',
  I4: 'the sequences of a user have no gap, each entry follows from the one before, the balance is the last one',
  I5: 'what was refused was not done, a repeat gets the first answer, and every unknown outcome can be made certain',
  I6: 'a read that begins after an answer shows it, on every node',
  I7: 'the balances come to what the answers come to',
  I8: 'all serve again within 15 s, nothing stays locked, and no node dies by itself',
  I9: 'no statement fails because of another: no deadlock, no violated key',
  I10: 'nothing is changed with a token after its revocation has been answered, on any node',
  I11: 'users, tokens and revocations that were answered are there, and what fails is told as such',
} as const;

interface Row {
  readonly userId: string;
  readonly sequence: number;
  readonly delta: number;
  readonly balanceAfter: number;
  readonly key: string | null;
}

/** What is against the rules in the database, given what clients were told. One sentence for each violation. */
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
  const told = log.operations
    .map(verdict)
    .reduce((sum, answer) => sum + (answer.outcome === 'OK' ? answer.delta : 0), 0);
  const kept = balances.reduce((sum, { points }) => sum + Number(points), 0);
  if (told !== kept) found.push(`I7: the answers come to ${told} points, the balances to ${kept}`);
  if (log.staleReads > 0) found.push(`I6: ${log.staleReads} reads did not show what was answered before`);
  return found;
}

function ofOperation(operation: Operation, rows: readonly Row[]): string[] {
  const { key, kind, points } = operation;
  const answer = verdict(operation);
  const [row] = rows;
  const found = contradictions(operation).map(() => `I5: two answers to ${key} differ`);
  if (answer.outcome === 'REFUSED' && answer.available !== null && answer.available >= points)
    found.push(`I5: ${key} was refused with ${answer.available} points there`);
  if (rows.length > 1) found.push(`I2: ${key} was done ${rows.length} times`);
  if (row !== undefined && row.delta !== (kind === 'ADD' ? points : -points))
    found.push(`I1: ${key} was done otherwise`);
  if (answer.outcome === 'UNKNOWN') found.push(`I5: the outcome is still unknown of ${key}`);
  else if (answer.outcome !== 'OK' && row !== undefined) found.push(`I5: ${key} was done, against its answer`);
  else if (answer.outcome === 'OK' && row === undefined) found.push(`I1: ${key} was answered, and is lost`);
  else if (
    answer.outcome === 'OK' &&
    (row?.sequence !== answer.sequence || row.delta !== answer.delta || row.balanceAfter !== answer.balanceAfter)
  )
    found.push(`I1: ${key} is not as it was answered`);
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
