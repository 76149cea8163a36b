import { print } from 'graphql';
import { describe, expect } from 'vitest';
import { AddPointsDocument, ApplyPointsDocument, type PointsOperation } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { keptLedger, refusal } from './ledger.js';

const itOfLongLists = itWith({ LIMIT_LIST_ITEMS: '2000' });

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.token(['points:add', 'points:spend']);
});

const apply = (server: TestServer, operations: PointsOperation[]) =>
  server.send(token, ApplyPointsDocument, { input: { operations } });
const applied = async (server: TestServer, operations: PointsOperation[]) =>
  (await apply(server, operations)).data.applyPoints.results;

describe('Mutation.applyPoints', () => {
  it('makes changes one after the other, and goes on after a refusal', async ({ server }) => {
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

  it('keeps the order of the changes of a user, named by id or by name', async ({ server }) => {
    const { id, username } = await server.user();
    const names = [{ id }, { username }, { username: username.toUpperCase() }];
    const operations = Array.from({ length: 30 }, (_, n) => {
      const input = { user: names[n % 3] ?? { id }, points: 1 };
      return n % 2 === 0 ? { add: input } : { spend: input };
    });
    const results = await applied(server, operations);
    expect(results.map(({ payload }) => payload?.entry.sequence)).toEqual(operations.map((_, n) => n + 1));
  });

  it('makes a thousand changes of many users, with one result each, in order', async ({ server }) => {
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

  it('recognizes the keys of addPoints and spendPoints, and of earlier changes of the same request', async ({
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

  it('returns an error for each change: unknown users, and refusals, also when repeated', async ({ server }) => {
    const { id } = await server.user();
    const spend = { spend: { user: { id }, points: 5, idempotencyKey: 'refused' } };
    await apply(server, [spend, { add: { user: { id }, points: 50 } }]);
    const results = await applied(server, [{ add: { user: { username: 'nobody' }, points: 1 } }, spend]);
    expect(results.map(({ error }) => error)).toMatchObject([
      { code: 'USER_NOT_FOUND', message: 'There is no such user.', effect: 'NONE', available: null, replayed: false },
      { code: 'INSUFFICIENT_POINTS', available: 0, needed: 5, replayed: true },
    ]);
  });

  it('loses nothing when many requests change the same users at once', async ({ server }) => {
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
    ['an empty list', [], 'input.operations'],
    ['a change of 0 points', [{ add: { user: { id: 'x' }, points: 0 } }], 'input.operations.0.add.points'],
    [
      'an empty key',
      [{ spend: { user: { id: 'x' }, points: 1, idempotencyKey: '' } }],
      'input.operations.0.spend.idempotencyKey',
    ],
  ] as const)('refuses %s, and makes no other change of the list', async ([_what, bad, field], { server }) => {
    const { id } = await server.user();
    const good = bad.length === 1 ? [{ add: { user: { id }, points: 1 } }] : [];
    const response = await apply(server, [...bad, ...good]);
    expect(response.data).toEqual({ applyPoints: null });
    expect(refusal(response)).toEqual({ code: 'BAD_USER_INPUT', field, effect: 'NONE' });
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it('is refused with 1,001 changes, like any list that is too long: 400 OPERATION_TOO_COMPLEX', async ({ server }) => {
    const { id } = await server.user();
    const response = await apply(server, Array(1_001).fill({ add: { user: { id }, points: 1 } }));
    expect([response.status, response.data]).toEqual([400, undefined]);
    expect(refusal(response)).toEqual({ code: 'OPERATION_TOO_COMPLEX' });
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  itOfLongLists('makes at most 1,000 changes, also where lists may be longer', async ({ server }) => {
    const { id } = await server.user();
    const input = { operations: Array(1_001).fill({ add: { user: { id }, points: 1 } }) };
    const response = await server.send(await server.everything(), ApplyPointsDocument, { input });
    expect(refusal(response)).toEqual({ code: 'BAD_USER_INPUT', field: 'input.operations', effect: 'NONE' });
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it('requires exactly one of add and spend', async ({ server }) => {
    const input = { user: { id: 'x' }, points: 1 };
    for (const operation of [{}, { add: input, spend: input }, { add: null }]) {
      const variables = { input: { operations: [operation] } };
      expect((await server.send(token, print(ApplyPointsDocument), variables)).status).toBe(400);
    }
  });

  it('needs the scope of each kind of change that it contains, and no other', async ({ server }) => {
    const { id } = await server.user();
    const [add, spend] = [{ add: { user: { id }, points: 2 } }, { spend: { user: { id }, points: 1 } }];
    const send = (by: IssuedToken, operations: PointsOperation[]) =>
      server.send(by, ApplyPointsDocument, { input: { operations } });
    const [adder, spender] = [await server.token(['points:add']), await server.token(['points:spend'])];
    for (const [by, operations] of [
      [adder, [add, add]],
      [spender, [spend, spend]],
      [token, [add, spend]],
    ] as const) {
      expect((await send(by, [...operations])).data.applyPoints.results).toMatchObject(Array(2).fill({ error: null }));
    }
    for (const [by, missing, coordinate] of [
      [adder, 'POINTS_SPEND', 'PointsOperation.spend'],
      [spender, 'POINTS_ADD', 'PointsOperation.add'],
    ] as const) {
      const denied = await send(by, [add, spend]);
      expect(denied.status).toBe(403);
      expect(denied.errors?.map(({ extensions }) => extensions)).toMatchObject([
        { coordinate, missingScopes: [missing] },
      ]);
    }
    const other = await send(await server.token(['points:read']), [add]);
    expect(other.headers.get('www-authenticate')).toBe(
      'Bearer realm="scrip", error="insufficient_scope", scope="points:add"',
    );
    expect(refusal(other)).toMatchObject({
      coordinate: 'Mutation.applyPoints',
      missingScopes: [],
      requiredAnyScopes: [['POINTS_ADD', 'POINTS_SPEND', 'POINTS_TRANSFER']],
    });
    expect((await keptLedger(server, id)).points).toBe(3);
  });

  it('is denied without a credential, with another scope, and after the token was revoked', async ({ server }) => {
    const { id } = await server.user();
    const input = { operations: [{ add: { user: { id }, points: 1 } }] };
    const gone = await server.token(['points:add', 'points:spend']);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [gone.id]);
    expect((await server.send(undefined, ApplyPointsDocument, { input })).status).toBe(401);
    expect((await server.send(gone, ApplyPointsDocument, { input })).status).toBe(401);
    const denied = await server.send(await server.token(['points:read']), ApplyPointsDocument, { input });
    expect(refusal(denied)).toMatchObject({ code: 'FORBIDDEN', coordinate: 'Mutation.applyPoints' });
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });
});
