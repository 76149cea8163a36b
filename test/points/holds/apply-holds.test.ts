import { describe, expect } from 'vitest';
import type { Scope } from '../../../src/auth/scope.js';
import { ApplyHoldsAndTransfersDocument, type PointsOperation } from '../../operations/generated.js';
import { it } from '../../support/fixtures.js';
import type { Credential, IssuedToken, TestServer } from '../../support/server.js';
import { changesBy } from '../changes-by.js';
import { keptLedger, refusal } from '../ledger.js';
import { keptHolds } from './kept-holds.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const apply = (server: TestServer, operations: PointsOperation[], by: Credential = token) =>
  server.send(by, ApplyHoldsAndTransfersDocument, { input: { operations } });

/** Two users, of whom the first has 10 points, 4 of which are held. */
async function twoUsers(server: TestServer) {
  const [one, other] = [await server.user(), await server.user()];
  const { add, hold } = changesBy(server, token);
  await add(one.id, 10);
  return { one, other, held: (await hold(one.id, 4)).data.change.hold.id };
}

describe('Mutation.applyPoints', () => {
  it('holds, captures, releases and transfers points, in the order given', async ({ server }) => {
    const { one, other, held } = await twoUsers(server);
    const user = { id: one.id };
    const { data } = await apply(server, [
      { hold: { user: { username: one.username }, points: 6, expiresInSeconds: 60 } },
      { spend: { user, points: 1 } },
      { release: { hold: `${one.id}.h2` } },
      { capture: { hold: held, points: 3 } },
      { hold: { user, points: 2, expiresInSeconds: 60 } },
      { capture: { hold: `${one.id}.h3`, to: { id: other.id } } },
      { transfer: { from: user, to: { username: other.username }, points: 5 } },
      { spend: { user: { id: other.id }, points: 7 } },
      { release: { hold: held } },
      { transfer: { from: user, to: user, points: 5 } },
      { capture: { hold: 'none' } },
    ]);
    const none = { payload: null, hold: null, transfer: null, error: null };
    expect(data.applyPoints.results).toMatchObject([
      { ...none, hold: { available: 0, hold: { id: `${one.id}.h2`, state: 'HELD' } } },
      {
        ...none,
        error: { code: 'INSUFFICIENT_POINTS', available: 0, needed: 1, held: 10, state: null, effect: 'NONE' },
      },
      { ...none, hold: { available: 6, hold: { id: `${one.id}.h2`, state: 'RELEASED' } } },
      { ...none, payload: { points: 7, entry: { kind: 'SPEND', delta: -3 } } },
      { ...none, hold: { available: 5, hold: { id: `${one.id}.h3` } } },
      { ...none, payload: { points: 5, entry: { kind: 'TRANSFER_OUT', delta: -2 } } },
      { ...none, transfer: { points: 0, debit: { sequence: 4 }, credit: { balanceAfter: 7 } } },
      { ...none, payload: { points: 0, user: { id: other.id } } },
      { ...none, error: { code: 'HOLD_ENDED', state: 'CAPTURED', held: null, effect: 'NONE', replayed: false } },
      { ...none, error: { code: 'BAD_USER_INPUT', effect: 'NONE' } },
      { ...none, error: { code: 'HOLD_NOT_FOUND', effect: 'NONE' } },
    ]);
    expect(await keptLedger(server, one.id)).toEqual({ points: 0, deltas: [10, -3, -2, -5] });
    expect(await keptLedger(server, other.id)).toEqual({ points: 0, deltas: [2, 5, -7] });
    expect(await keptHolds(server, one.id)).toBe(0);
  });

  it('keeps the order of transfers that many users are part of', async ({ server }) => {
    const users = await Promise.all(Array.from({ length: 6 }, () => server.user()));
    const ids = users.map(({ id }) => ({ id }));
    const [first = { id: '' }] = ids;
    await changesBy(server, token).add(first.id, 1);
    const operations = Array.from({ length: 300 }, (_, n) => {
      const [from = first, to = first] = [ids[n % 6], ids[(n + 1) % 6]];
      return { transfer: { from, to, points: 1 } };
    });
    const { data } = await apply(server, operations);
    expect(data.applyPoints.results.filter(({ error }) => error !== null)).toEqual([]);
    expect((await keptLedger(server, first.id)).deltas).toHaveLength(101);
    expect((await keptLedger(server, first.id)).points).toBe(1);
  });

  it.for([
    ['hold', 'PointsOperation.hold', ['points:add', 'points:transfer'], 'POINTS_SPEND'],
    ['capture', 'PointsOperation.capture', ['points:add', 'points:transfer'], 'POINTS_SPEND'],
    ['capture with `to`', 'CaptureHoldInput.to', ['points:spend'], 'POINTS_TRANSFER'],
    ['release', 'PointsOperation.release', ['points:add', 'points:transfer'], 'POINTS_SPEND'],
    ['transfer', 'PointsOperation.transfer', ['points:add', 'points:spend'], 'POINTS_TRANSFER'],
  ] as const)(
    'denies %s at %s without its scope, and does not run the other changes',
    async ([what, coordinate, scopes, missing], { server }) => {
      const { one, other, held } = await twoUsers(server);
      const user = { id: one.id };
      const operations: Record<typeof what, PointsOperation> = {
        hold: { hold: { user, points: 1, expiresInSeconds: 60 } },
        capture: { capture: { hold: held } },
        'capture with `to`': { capture: { hold: held, to: { id: other.id } } },
        release: { release: { hold: held } },
        transfer: { transfer: { from: user, to: { id: other.id }, points: 1 } },
      };
      const others: PointsOperation =
        what === 'hold' || what === 'capture' || what === 'release'
          ? { add: { user, points: 1 } }
          : { spend: { user, points: 1 } };
      const by = await server.token([...scopes] as Scope[]);
      const denied = await apply(server, [others, operations[what]], by);
      expect(denied.status).toBe(403);
      expect(denied.errors).toMatchObject([
        { extensions: { code: 'FORBIDDEN', coordinate, missingScopes: [missing] } },
      ]);
      expect((await keptLedger(server, one.id)).deltas).toEqual([10]);
      expect((await apply(server, [others], by)).data.applyPoints.results[0]?.error).toBeNull();
    },
  );

  it.for([
    [['points:spend'], 'hold'],
    [['points:transfer'], 'transfer'],
    [['points:spend', 'points:transfer'], 'capture'],
  ] as const)('is allowed with %s alone for a %s', async ([scopes, kind], { server }) => {
    const { one, other, held } = await twoUsers(server);
    const user = { id: one.id };
    const operation = {
      hold: { hold: { user, points: 1, expiresInSeconds: 60 } },
      transfer: { transfer: { from: user, to: { id: other.id }, points: 1 } },
      capture: { capture: { hold: held, to: { id: other.id } } },
    }[kind];
    const { data } = await apply(server, [operation], await server.token([...scopes]));
    expect(data.applyPoints.results[0]?.error).toBeNull();
  });

  it('is denied with neither of its three scopes', async ({ server }) => {
    const { one } = await twoUsers(server);
    const operations = [{ hold: { user: { id: one.id }, points: 1, expiresInSeconds: 60 } }];
    const denied = await apply(server, operations, await server.token(['points:read']));
    expect(denied.errors?.map(({ extensions }) => extensions['coordinate'])).toContain('Mutation.applyPoints');
    expect((await server.send(undefined, ApplyHoldsAndTransfersDocument, { input: { operations } })).status).toBe(401);
  });

  it('refuses the whole list where one of the inputs is bad, and names it', async ({ server }) => {
    const { one, other, held } = await twoUsers(server);
    const user = { id: one.id };
    for (const [field, operation] of [
      ['hold.expiresInSeconds', { hold: { user, points: 1, expiresInSeconds: 0 } }],
      ['hold.points', { hold: { user, points: 0, expiresInSeconds: 1 } }],
      ['capture.points', { capture: { hold: held, points: 0 } }],
      ['release.idempotencyKey', { release: { hold: held, idempotencyKey: '' } }],
      ['transfer.points', { transfer: { from: user, to: { id: other.id }, points: 0 } }],
    ] as const) {
      const refused = refusal(await apply(server, [{ add: { user, points: 1 } }, operation]));
      expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', field: `input.operations.1.${field}`, effect: 'NONE' });
    }
    expect((await keptLedger(server, one.id)).deltas).toEqual([10]);
  });
});
