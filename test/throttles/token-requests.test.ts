import { describe, expect } from 'vitest';
import { createCountTokenRequest } from '../../src/throttles/token-requests.js';
import { openPool, type TestDatabase } from '../support/database.js';
import { itOnDatabase } from '../support/database-fixture.js';
import { watchStatements } from '../support/statements.js';

/** Two nodes, each with its own connections. */
const it = itOnDatabase.extend('nodes', { scope: 'file' }, async ({ database }, { onCleanup }) => {
  const [one, other] = [openPool(database.url), openPool(database.url)];
  onCleanup(async () => {
    await one.close();
    await other.close();
  });
  return [createCountTokenRequest(one.database), createCountTokenRequest(other.database)] as const;
});

let tokens = 0;

/** The id of a token whose minute does not end: the database has counted a request of a day from now. */
async function token({ query }: TestDatabase): Promise<string> {
  const id = `0199aaaa-0000-7000-8000-${String(++tokens).padStart(12, '0')}`;
  await query(
    `insert into token_requests (root_id, minute, requests)
     values ($1, date_trunc('minute', now()) + interval '1 day', 0)`,
    [id],
  );
  return id;
}

describe('The count of the requests of tokens', () => {
  it('tells each request what is left, and counts those beyond the limit no further', async ({ database, nodes }) => {
    const rootId = await token(database);
    const [count] = nodes;
    const counts = await Promise.all(Array.from({ length: 4 }, () => count({ rootId, requestsPerMinute: 3 })));
    const told = { policy: 'token', limit: 3, resetMs: 60_000 };
    expect(counts).toEqual([
      { ...told, remaining: 2, isExceeded: false },
      { ...told, remaining: 1, isExceeded: false },
      { ...told, remaining: 0, isExceeded: false },
      { ...told, remaining: 0, isExceeded: true },
    ]);
    expect(await database.query('select requests from token_requests where root_id = $1', [rootId])).toEqual([
      { requests: 3 },
    ]);
  });

  it('is one statement for all requests of one turn, of several tokens', async ({ database, nodes }) => {
    const [first, second] = [await token(database), await token(database)];
    const [count] = nodes;
    await count({ rootId: first, requestsPerMinute: 100 }); // opens a connection
    const statements = watchStatements();
    const roots = Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? second : first));
    const counts = await Promise.all(roots.map((rootId) => count({ rootId, requestsPerMinute: 100 })));
    expect(statements.count()).toBe(1);
    expect(counts.map(({ remaining }) => remaining)).toEqual(
      roots.map((rootId, index) => {
        const before = roots.slice(0, index).filter((other) => other === rootId).length;
        return (rootId === first ? 98 : 99) - before;
      }),
    );
  });

  it('is exact where the limit changes between two requests', async ({ database, nodes }) => {
    const rootId = await token(database);
    const [count] = nodes;
    const limits = [2, 5, 2, 5, 2, 5, 5, 5];
    const counts = await Promise.all(limits.map((requestsPerMinute) => count({ rootId, requestsPerMinute })));
    expect(counts.filter(({ isExceeded }) => !isExceeded)).toHaveLength(5);
    expect((await count({ rootId, requestsPerMinute: 6 })).isExceeded).toBe(false);
    expect((await count({ rootId, requestsPerMinute: 6 })).isExceeded).toBe(true);
  });

  it('begins anew with the next minute', async ({ database, nodes }) => {
    const rootId = await token(database);
    const [count] = nodes;
    const ask = () => count({ rootId, requestsPerMinute: 1 });
    expect([(await ask()).isExceeded, (await ask()).isExceeded]).toEqual([false, true]);
    await database.query(`update token_requests set minute = now() - interval '1 minute' where root_id = $1`, [rootId]);
    const { isExceeded, resetMs } = await ask();
    expect(isExceeded).toBe(false);
    expect(resetMs).toBeGreaterThan(0);
    expect(resetMs).toBeLessThanOrEqual(60_000);
  });

  it('has no deadlock between two nodes that count the same tokens in different orders', async ({
    database,
    nodes,
  }) => {
    const roots = await Promise.all(Array.from({ length: 20 }, () => token(database)));
    const orders = [roots, roots.toReversed()];
    const requestsPerMinute = 1_000;
    for (let round = 0; round < 30; round++) {
      await Promise.all(
        nodes.flatMap((count, node) => (orders[node] ?? []).map((rootId) => count({ rootId, requestsPerMinute }))),
      );
    }
    expect(
      await database.query('select distinct requests from token_requests where root_id = any($1)', [roots]),
    ).toEqual([{ requests: 60 }]);
  });
});
