import { describe, expect } from 'vitest';
import { AddPointsDocument, RotateTokenDocument } from '../operations/generated.js';
import type { Credential, TestServer } from '../support/server.js';
import { startServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';
import { refusal } from './ledger.js';

const it = itOnTwoNodes().extend('third', { scope: 'file' }, async ({ server }, { onCleanup }) => {
  const third = await startServer({ DATABASE_URL: server.database.url });
  onCleanup(() => third.close());
  return third;
});
it.beforeAll(({ third: _started }) => {});

/** What was added by all of these tokens, as the ledger and as the counter have it. */
async function addedBy({ database }: TestServer, tokenIds: readonly string[]) {
  const [row] = await database.query(
    `select (select coalesce(sum(delta), 0)::int from entries where token_id = any ($1::uuid[])) as entries,
            (select sum(added)::int from token_counters where root_id = any ($1::uuid[])) as counted`,
    [tokenIds],
  );
  return row;
}

interface Change {
  readonly node: TestServer;
  readonly secret: Credential;
  readonly userId: string;
  readonly key?: string;
}

const add = ({ node, secret, userId, key }: Change) =>
  node.send(secret, AddPointsDocument, {
    input: { user: { id: userId }, points: 1, ...(key && { idempotencyKey: key }) },
  });

describe('A daily limit of 100 on three nodes', () => {
  it('lets exactly 100 of 1,000 parallel additions to 40 users through', async ({ server, other, third }) => {
    const nodes = [server, other, third];
    const users = await Promise.all(Array.from({ length: 40 }, () => server.user()));
    const token = await server.token(['points:add'], undefined, { limits: { maxAddedPerDay: 100 } });
    const responses = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) =>
        add({ node: nodes[n % 3] ?? server, secret: token, userId: users[n % 40]?.id ?? '' }),
      ),
    );
    const refused = responses.map(refusal).filter((extensions) => extensions !== undefined);
    expect(refused).toEqual(Array(900).fill(expect.objectContaining({ code: 'TOKEN_LIMIT', used: 100, max: 100 })));
    expect(await addedBy(server, [token.id])).toEqual({ entries: 100, counted: 100 });
  });

  it('counts a key once, however often and wherever it is repeated', async ({ server, other, third }) => {
    const nodes = [server, other, third];
    const { id: userId } = await server.user();
    const token = await server.token(['points:add'], undefined, { limits: { maxAddedPerDay: 100 } });
    const responses = await Promise.all(
      Array.from({ length: 600 }, (_, n) =>
        add({ node: nodes[n % 3] ?? server, secret: token, userId, key: `key-${n % 120}` }),
      ),
    );
    const made = responses.filter(({ errors }) => errors === undefined).map(({ data }) => data.change);
    expect(made.filter(({ replayed }) => !replayed)).toHaveLength(100);
    expect(new Set(made.map(({ entry }) => entry.id))).toHaveLength(100);
    expect(await addedBy(server, [token.id])).toEqual({ entries: 100, counted: 100 });
  });

  it('is shared by a token and its successor while both work', async ({ server, other, third }) => {
    const nodes = [server, other, third];
    const users = await Promise.all(Array.from({ length: 10 }, () => server.user()));
    const token = await server.token(['points:add'], undefined, { limits: { maxAddedPerDay: 100 } });
    const changes = (secret: Credential) =>
      Array.from({ length: 150 }, (_, n) =>
        add({ node: nodes[n % 3] ?? server, secret, userId: users[n % 10]?.id ?? '' }),
      );
    const before = changes(token);
    const { data } = await server.send(await server.everything(), RotateTokenDocument, {
      id: token.id,
      overlapSeconds: 600,
    });
    const successor = data.rotateToken;
    const responses = await Promise.all([...before, ...changes(token), ...changes(successor)]);
    expect(responses.filter(({ errors }) => errors === undefined)).toHaveLength(100);
    const both = [token.id, successor.token.id];
    expect(await addedBy(server, both)).toEqual({ entries: 100, counted: 100 });
  });
});
