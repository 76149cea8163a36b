import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  PointsDocument,
  SpendPointsDocument,
  type SpendPointsInput,
  type UserBy,
} from '../operations/generated.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';
import { keptLedger, refusal } from './ledger.js';

const it = itOnTwoNodes();
let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

type Change = typeof AddPointsDocument | typeof SpendPointsDocument;
type Nodes = { readonly server: TestServer; readonly other: TestServer };

/** Sends so many changes at once, every second one to the other node. */
const sendToBoth = (
  { server, other }: Nodes,
  document: Change,
  count: number,
  inputOf: (number: number) => SpendPointsInput,
) =>
  Promise.all(
    Array.from({ length: count }, (_, number) =>
      (number % 2 === 0 ? server : other).send(token, document, { input: inputOf(number) }),
    ),
  );

describe('Two nodes on one database', () => {
  it('change one account at once and lose nothing', async ({ server, other }) => {
    const nodes = { server, other };
    const { id, username } = await server.user();
    const nameOf = (number: number): UserBy => (number % 3 === 2 ? { username } : { id });
    await sendToBoth(nodes, AddPointsDocument, 300, (number) => ({ user: nameOf(number), points: 2 }));
    const responses = await sendToBoth(nodes, SpendPointsDocument, 300, (number) => ({
      user: nameOf(number),
      points: 3,
    }));
    expect(responses.map(refusal).filter((extensions) => extensions !== undefined)).toEqual(
      Array(100).fill(expect.objectContaining({ code: 'INSUFFICIENT_POINTS', available: 0, needed: 3 })),
    );
    const { points, deltas } = await keptLedger(server, id);
    expect([points, deltas.length]).toEqual([0, 500]);
  });

  it('share idempotency keys: of a hundred requests with one key one makes the change', async ({ server, other }) => {
    const nodes = { server, other };
    const { id } = await server.user();
    const input = { user: { id }, points: 5, idempotencyKey: 'k' };
    const responses = await sendToBoth(nodes, AddPointsDocument, 100, () => input);
    const changes = responses.map(({ data }) => data.change);
    expect(changes.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(changes.map(({ entry }) => JSON.stringify(entry)))).toHaveLength(1);
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
  });

  it('each read every change that the other has responded to', async ({ server, other }) => {
    const { id } = await server.user();
    for (let points = 1; points <= 20; points++) {
      const [writer, reader] = points % 2 === 0 ? [server, other] : [other, server];
      await writer.send(token, AddPointsDocument, { input: { user: { id }, points: 1 } });
      const { data } = await reader.send(token, PointsDocument, { user: { id } });
      expect(data.user.points).toBe(points);
    }
  });
});
