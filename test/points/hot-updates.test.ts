import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { openStage, type Stage } from './simulation/probes.js';

let stage: Stage & { close(): Promise<void> };
it.beforeAll(async ({ server }) => {
  stage = await openStage(server);
});
afterAll(() => stage.close());

describe('An update of a balance', () => {
  it.for<[how: string, points: number, expected: object]>([
    ['touches no index where the balance stays in its bracket', 1_000_000, { n_tup_upd: 10, n_tup_hot_upd: 10 }],
    [
      'touches the index of brackets below 2,048 points, where each number is a bracket',
      100,
      { n_tup_upd: 10, n_tup_hot_upd: 0 },
    ],
  ])('%s', async ([_, points, expected], { server }) => {
    const [session] = stage.sessions;
    const [{ id: userId }, ownerId] = [await server.user(), randomUUID()];
    await session.apply([{ kind: 'ADD', userId, points, ownerId }], 0);
    const counts = async () => {
      const [row] = await session.query(
        `select n_tup_upd::int, n_tup_hot_upd::int from pg_stat_xact_user_tables where relname = 'balances'`,
      );
      return { n_tup_upd: Number(row?.['n_tup_upd']), n_tup_hot_upd: Number(row?.['n_tup_hot_upd']) };
    };
    await session.query('begin');
    const before = await counts(); // of transactions that were not reported yet
    for (let change = 0; change < 10; change++) await session.apply([{ kind: 'ADD', userId, points: 1, ownerId }], 0);
    const after = await counts();
    await session.query('commit');
    expect({
      n_tup_upd: after.n_tup_upd - before.n_tup_upd,
      n_tup_hot_upd: after.n_tup_hot_upd - before.n_tup_hot_upd,
    }).toEqual(expected);
  });
});
