import { print } from 'graphql';
import { describe, expect } from 'vitest';
import { AddPointsDocument, ApplyPointsDocument, type PointsOperation } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { type IssuedToken, startServer, type TestServer } from '../support/server.js';
import { watchStatements } from '../support/statements.js';
import { keptLedger, refusal } from './ledger.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.token(['points:add', 'points:spend']);
});

const apply = (server: TestServer, operations: PointsOperation[]) =>
  server.send(token, ApplyPointsDocument, { input: { operations } });
const applied = async (server: TestServer, operations: PointsOperation[]) =>
  (await apply(server, operations)).data.applyPoints.results;

describe('Mutation.applyPoints', () => {
  it('does one after the other, and what is refused stops nothing', async ({ server }) => {
    const { id } = await server.user();
    const user = { id };
    const results = await applied(server, [
      { add: { user, points: 50, reason: 'won' } },
      { spend: { user, points: 30 } },
      { spend: { user, points: 30 } },
      { add: { user, points: 20 } },
    ]);
    expect(results).toMatchObject([
      { payload: { points: 50, entry: { sequence: 1, reason: 'won' } }, error: null },
      { payload: { points: 20, entry: { sequence: 2, delta: -30 } }, error: null },
      {
        payload: null,
        error: { code: 'INSUFFICIENT_POINTS', available: 20, needed: 30, effect: 'NONE', replayed: false },
      },
      { payload: { points: 40, entry: { sequence: 3 } }, error: null },
    ]);
    expect(await keptLedger(server, id)).toEqual({ points: 40, deltas: [50, -30, 20] });
  });

  it('keeps the order of a user who is named by id and by name', async ({ server }) => {
    const { id, username } = await server.user();
    const names = [{ id }, { username }, { username: username.toUpperCase() }];
    const operations = Array.from({ length: 30 }, (_, n) => {
      const input = { user: names[n % 3] ?? { id }, points: 1 };
      return n % 2 === 0 ? { add: input } : { spend: input };
    });
    const results = await applied(server, operations);
    expect(results.map(({ payload }) => payload?.entry.sequence)).toEqual(operations.map((_, n) => n + 1));
  });

  it('takes a thousand operations on many users, with one result each, in order', async ({ server }) => {
    const users = await Promise.all(Array.from({ length: 20 }, () => server.user()));
    const operations = Array.from({ length: 1_000 }, (_, n) => ({
      add: { user: { id: users[(n * 7) % 20]?.id ?? '' }, points: n + 1, idempotencyKey: `thousand-${n}` },
    }));
    const results = await applied(server, operations);
    expect(results.map(({ payload }) => payload?.entry.delta)).toEqual(operations.map((_, n) => n + 1));
    for (const { id } of users) {
      const { deltas } = await keptLedger(server, id);
      expect(deltas).toEqual([...deltas].sort((a, b) => a - b));
      expect(deltas).toHaveLength(50);
    }
    const again = await applied(server, operations);
    expect(again).toEqual(results.map(({ payload, error }) => ({ payload: { ...payload, replayed: true }, error })));
  });

  describe('Statement budget', () => {
    it('names a thousand users in one look-up, and changes them a hundred at a time', async ({ server }) => {
      const users = await Promise.all(Array.from({ length: 100 }, () => server.user()));
      const statements = watchStatements();
      const results = await applied(
        server,
        Array.from({ length: 1_000 }, (_, n) => ({
          add: { user: { username: users[n % 100]?.username ?? '' }, points: 1 },
        })),
      );
      const names = statements.queries().map((query) => Object(query).name);
      statements.stop();
      expect(results.every(({ error }) => error === null)).toBe(true);
      const count = (name: string) => names.filter((each) => each === name).length;
      expect(count('users_by_name')).toBe(1);
      expect(count('users_by_id')).toBe(1);
      expect(count('tokens_by_secret')).toBe(10); // before each hundred
      expect(count('apply_points')).toBeLessThanOrEqual(20); // a hundred are spread over two connections
      expect(names.length).toBeLessThanOrEqual(55); // with one or two notifications for each hundred
    });
  });

  it('knows the keys of addPoints and spendPoints, and of earlier operations of the same request', async ({
    server,
  }) => {
    const { id, username } = await server.user();
    const input = { user: { username }, points: 5, idempotencyKey: 'shared' };
    const first = (await server.send(token, AddPointsDocument, { input })).data.change;
    const twice = { spend: { user: { id }, points: 2, idempotencyKey: 'twice' } };
    const results = await applied(server, [
      { add: { ...input, user: { id } } },
      twice,
      twice,
      { add: { ...input, points: 6 } },
    ]);
    const [replayed, spent, again, reused] = results;
    expect(replayed?.payload).toEqual({ ...first, replayed: true });
    expect([spent?.payload?.replayed, again?.payload?.replayed]).toEqual([false, true]);
    expect(again?.payload?.entry).toEqual(spent?.payload?.entry);
    expect(reused?.error).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', effect: 'NONE', replayed: false });
    expect(await keptLedger(server, id)).toEqual({ points: 3, deltas: [5, -2] });
  });

  it('says of each what is wrong with it: users who do not exist, refusals that are repeated', async ({ server }) => {
    const { id } = await server.user();
    const spend = { spend: { user: { id }, points: 5, idempotencyKey: 'refused' } };
    await apply(server, [spend, { add: { user: { id }, points: 50 } }]);
    const results = await applied(server, [{ add: { user: { username: 'nobody' }, points: 1 } }, spend]);
    expect(results.map(({ error }) => error)).toMatchObject([
      { code: 'USER_NOT_FOUND', message: 'There is no such user.', effect: 'NONE', available: null, replayed: false },
      { code: 'INSUFFICIENT_POINTS', available: 0, needed: 5, replayed: true },
    ]);
  });

  it('loses nothing when many requests work on the same users at once', async ({ server }) => {
    const users = await Promise.all(Array.from({ length: 5 }, () => server.user()));
    const operations = users.flatMap(({ id }) => [
      { add: { user: { id }, points: 3 } },
      { spend: { user: { id }, points: 2 } },
    ]);
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => apply(server, n % 2 === 0 ? operations : operations.toReversed())),
    );
    for (const { id } of users) {
      const { points, deltas } = await keptLedger(server, id);
      const spent = deltas.filter((delta) => delta < 0).length;
      expect(points).toBe(40 * 3 - spent * 2);
    }
  });

  it.for([
    ['no operation', [], 'input.operations'],
    ['an operation on 0 points', [{ add: { user: { id: 'x' }, points: 0 } }], 'input.operations.0.add.points'],
    [
      'an empty key',
      [{ spend: { user: { id: 'x' }, points: 1, idempotencyKey: '' } }],
      'input.operations.0.spend.idempotencyKey',
    ],
  ] as const)('refuses %s, and does nothing of the rest', async ([_what, bad, field], { server }) => {
    const { id } = await server.user();
    const good = bad.length === 1 ? [{ add: { user: { id }, points: 1 } }] : [];
    const answer = await apply(server, [...bad, ...good]);
    expect(answer.data).toEqual({ applyPoints: null });
    expect(refusal(answer)).toEqual({ code: 'BAD_USER_INPUT', field, effect: 'NONE' });
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it('refuses 1,001 operations as any list of so many items: 400 OPERATION_TOO_COMPLEX', async ({ server }) => {
    const { id } = await server.user();
    const answer = await apply(server, Array(1_001).fill({ add: { user: { id }, points: 1 } }));
    expect([answer.status, answer.data]).toEqual([400, undefined]);
    expect(refusal(answer)).toEqual({ code: 'OPERATION_TOO_COMPLEX' });
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it('takes 1,000 operations at most, also where lists may be longer', async () => {
    const lenient = await startServer({ LIMIT_LIST_ITEMS: '2000' });
    const { id } = await lenient.user();
    const input = { operations: Array(1_001).fill({ add: { user: { id }, points: 1 } }) };
    const answer = await lenient.send(await lenient.everything(), ApplyPointsDocument, { input });
    expect(refusal(answer)).toEqual({ code: 'BAD_USER_INPUT', field: 'input.operations', effect: 'NONE' });
    await lenient.close();
  });

  it('takes exactly one of add and spend', async ({ server }) => {
    const input = { user: { id: 'x' }, points: 1 };
    for (const operation of [{}, { add: input, spend: input }, { add: null }]) {
      const variables = { input: { operations: [operation] } };
      expect((await server.send(token, print(ApplyPointsDocument), variables)).status).toBe(400);
    }
  });

  it('is refused without a credential, with half of its scopes, and once revoked', async ({ server }) => {
    const { id } = await server.user();
    const input = { operations: [{ add: { user: { id }, points: 1 } }] };
    const gone = await server.token(['points:add', 'points:spend']);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [gone.id]);
    expect((await server.send(undefined, ApplyPointsDocument, { input })).status).toBe(401);
    expect((await server.send(gone, ApplyPointsDocument, { input })).status).toBe(401);
    const denied = await server.send(await server.token(['points:add']), ApplyPointsDocument, { input });
    expect(refusal(denied)).toMatchObject({ code: 'FORBIDDEN', missingScopes: ['POINTS_SPEND'] });
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });
});
