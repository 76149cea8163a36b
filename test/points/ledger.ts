import type { TestResponse, TestServer } from '../support/server.js';

/** What is wrong with a response that was to be a refusal. */
export function refusal({ errors }: TestResponse): Record<string, unknown> | undefined {
  return errors?.[0]?.extensions;
}

/** A user's ledger, as the database keeps it. */
export interface KeptLedger {
  readonly points: number;
  readonly deltas: number[];
}

/**
 * Reads a user's ledger past HTTP.
 *
 * @throws when its sequences have a gap, its balances do not follow from one another, or the balance is not its last.
 */
export async function keptLedger({ database }: Pick<TestServer, 'database'>, userId: string): Promise<KeptLedger> {
  // One statement, so that it shows one moment.
  const rows = await database.query(
    `select b.points::float8, b.sequence as last, e.sequence, e.delta::float8, e.balance_after::float8
       from balances b left join entries e using (user_id) where b.user_id = $1 order by e.sequence`,
    [userId],
  );
  const lines = rows.filter(({ sequence }) => sequence !== null);
  let points = 0;
  lines.forEach(({ sequence, delta, balance_after }, index) => {
    points += Number(delta);
    if (sequence !== index + 1) throw new Error(`Entry ${index + 1} has the sequence ${sequence}.`);
    if (balance_after !== points) throw new Error(`Entry ${sequence} leaves ${balance_after}, and not ${points}.`);
  });
  if (rows[0]?.['points'] !== points || rows[0]['last'] !== lines.length) {
    throw new Error(`The balance is not what ${lines.length} entries come to, ${points}: ${JSON.stringify(rows[0])}.`);
  }
  return { points, deltas: lines.map(({ delta }) => Number(delta)) };
}
