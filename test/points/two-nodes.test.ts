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
import { changesBy } from './changes-by.js';
import { keptHolds } from './holds/kept-holds.js';
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

  it('make exactly ten of fifty parallel holds of 10 on 100 points', async ({ server, other }) => {
    const [here, there] = [changesBy(server, token), changesBy(other, token)];
    const { id } = await server.user();
    await here.add(id, 100);
    const responses = await Promise.all(
      Array.from({ length: 50 }, (_, number) => (number % 2 === 0 ? here : there).hold(id, 10)),
    );
    const refused = responses.map(refusal).filter((extensions) => extensions !== undefined);
    expect(refused).toEqual(
      Array(40).fill({
        ...{ code: 'INSUFFICIENT_POINTS', available: 0, needed: 10, held: 100, effect: 'NONE', replayed: false },
      }),
    );
    expect(await keptHolds(server, id)).toBe(100);
    const holds = responses.filter(({ errors }) => errors === undefined).map(({ data }) => data.change.hold.id);
    await Promise.all(holds.flatMap((hold) => [here.capture(hold, { points: 4 }), there.release(hold)]));
    expect(await keptHolds(server, id)).toBe(0);
    const { points, deltas } = await keptLedger(server, id);
    expect(points).toBe(100 - 4 * (deltas.length - 1));
  });

  it('capture a hold until the moment at which it expires by the clock of the database, and not after', async ({
    server,
    other,
  }) => {
    const [here, there] = [changesBy(server, token), changesBy(other, token)];
    const { id } = await server.user();
    await here.add(id, 1_000);
    const holds: string[] = [];
    for (let n = 0; n < 20; n++) {
      holds.push((await here.hold(id, 1, { expiresInSeconds: 1 })).data.change.hold.id);
    }
    // The end of a hold falls into these requests, at another time for each hold.
    await server.database.query(
      `select pg_sleep(extract(epoch from min(expires_at) - clock_timestamp())) from holds where user_id = $1`,
      [id],
    );
    const responses = await Promise.all(holds.map((hold, n) => (n % 2 === 0 ? here : there).capture(hold)));
    const outcomes = responses.map((response) => refusal(response)?.['code'] ?? 'CAPTURED');
    expect(outcomes.filter((outcome) => outcome !== 'CAPTURED' && outcome !== 'HOLD_ENDED')).toEqual([]);
    const ended = await server.database.query(
      `select number, state, ended_at < expires_at as "isBefore", ended_at = expires_at as "isAtEnd"
         from holds where user_id = $1 order by number`,
      [id],
    );
    expect(ended).toEqual(
      outcomes.map((outcome, n) =>
        outcome === 'CAPTURED'
          ? { number: n + 1, state: 'CAPTURED', isBefore: true, isAtEnd: false }
          : { number: n + 1, state: 'EXPIRED', isBefore: false, isAtEnd: true },
      ),
    );
    expect(await keptHolds(server, id)).toBe(0);
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
