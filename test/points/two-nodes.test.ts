import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AddPointsDocument,
  PointsDocument,
  SpendPointsDocument,
  type SpendPointsInput,
  type UserBy,
} from '../operations/generated.js';
import { type IssuedToken, startServer, type TestServer } from '../support/server.js';
import { keptLedger, refusal } from './ledger.js';

let nodes: [TestServer, TestServer];
let token: IssuedToken;
beforeAll(async () => {
  const first = await startServer();
  nodes = [first, await startServer({ DATABASE_URL: first.database.url })];
  token = await first.everything();
});
afterAll(async () => {
  await nodes[1].close();
  await nodes[0].close();
});

type Change = typeof AddPointsDocument | typeof SpendPointsDocument;
const everywhere = (document: Change, count: number, inputOf: (number: number) => SpendPointsInput) =>
  Promise.all(
    Array.from({ length: count }, (_, number) =>
      nodes[number % 2 === 0 ? 0 : 1].send(token, document, { input: inputOf(number) }),
    ),
  );

describe('Two nodes on one database', () => {
  it('work on one hot account at once and lose nothing', async () => {
    const { id, username } = await nodes[0].user();
    const nameOf = (number: number): UserBy => (number % 3 === 2 ? { username } : { id });
    await everywhere(AddPointsDocument, 300, (number) => ({ user: nameOf(number), points: 2 }));
    const answers = await everywhere(SpendPointsDocument, 300, (number) => ({ user: nameOf(number), points: 3 }));
    expect(answers.map(refusal).filter((extensions) => extensions !== undefined)).toEqual(
      Array(100).fill(expect.objectContaining({ code: 'INSUFFICIENT_POINTS', available: 0, needed: 3 })),
    );
    const { points, deltas } = await keptLedger(nodes[0], id);
    expect([points, deltas.length]).toEqual([0, 500]);
  });

  it('know each other’s keys, and answers: of many requests with one key one is done', async () => {
    const { id } = await nodes[0].user();
    const answers = await everywhere(AddPointsDocument, 100, () => ({ user: { id }, points: 5, idempotencyKey: 'k' }));
    const changes = answers.map(({ data }) => data.change);
    expect(changes.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(changes.map(({ entry }) => JSON.stringify(entry)))).toHaveLength(1);
    expect((await keptLedger(nodes[0], id)).deltas).toEqual([5]);
  });

  it('show each what the other has answered', async () => {
    const { id } = await nodes[0].user();
    for (let points = 1; points <= 20; points++) {
      const [writer, reader] = points % 2 === 0 ? nodes : nodes.toReversed();
      await writer?.send(token, AddPointsDocument, { input: { user: { id }, points: 1 } });
      const read = await reader?.send(token, PointsDocument, { user: { id } });
      expect(read?.data.user.points).toBe(points);
    }
  });
});
