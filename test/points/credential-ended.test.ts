import { describe, expect, vi } from 'vitest';
import type { User } from '../../src/users/user.js';
import {
  AddPointsDocument,
  ApplyPointsDocument,
  ChangePasswordDocument,
  DeleteUserDocument,
  LogOutDocument,
  ResolvePointsDocument,
  ReversePointsDocument,
  RevokeTokenDocument,
  RevokeTokenThenAddPointsDocument,
  SignUpDocument,
  SpendPointsDocument,
  UpdateUserDocument,
  ViewerKindDocument,
} from '../operations/generated.js';
import { hold } from '../support/held.js';
import type { IssuedToken, LoggedIn, TestResponse, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';
import { keptLedger, refusal } from './ledger.js';

const it = itOnTwoNodes({ LIMIT_COST: '1000000' }); // the largest request has 45,000 results
let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

/** Keeps an account locked until a change of it waits and `end` has responded. Returns the response to the change. */
async function endWhileItWaits<Data>(
  server: TestServer,
  userId: string,
  change: () => Promise<TestResponse<Data>>,
  end: () => Promise<TestResponse | undefined>,
): Promise<TestResponse<Data>> {
  const held = await hold(server, 'select 1 from balances where user_id = $1 for update', [userId]);
  try {
    const changed = change();
    await held.reached();
    expect((await end())?.errors).toBeUndefined();
    await held.release();
    return await changed;
  } finally {
    await held.release();
  }
}

const ENDED = { code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED', effect: 'NONE' };

describe('A change that waits for its account while its token is revoked', () => {
  type Send = (server: TestServer, token: IssuedToken, id: string) => Promise<TestResponse>;
  const changes: readonly [name: string, send: Send][] = [
    ['addPoints', (server, token, id) => server.send(token, AddPointsDocument, { input: { user: { id }, points: 5 } })],
    [
      'addPoints with a key',
      (server, token, id) =>
        server.send(token, AddPointsDocument, { input: { user: { id }, points: 5, idempotencyKey: 'a key' } }),
    ],
    [
      'spendPoints',
      (server, token, id) => server.send(token, SpendPointsDocument, { input: { user: { id }, points: 5 } }),
    ],
    [
      'reversePoints',
      (server, token, id) => server.send(token, ReversePointsDocument, { input: { entryId: `${id}.1` } }),
    ],
    [
      'resolvePoints',
      (server, token, id) =>
        server.send(token, ResolvePointsDocument, { input: { user: { id }, idempotencyKey: 'another key' } }),
    ],
  ];
  const revokeWhileItWaits = async (server: TestServer, send: Send, isKnown: boolean) => {
    const { id } = await server.user();
    await server.send(admin, AddPointsDocument, { input: { user: { id }, points: 50 } });
    const token = await server.everything();
    if (isKnown) await server.send(token, ViewerKindDocument);
    const response = await endWhileItWaits(
      server,
      id,
      () => send(server, token, id),
      () => server.send(admin, RevokeTokenDocument, { input: { id: token.id } }),
    );
    expect((await keptLedger(server, id)).deltas).toEqual([50]);
    expect(await server.database.query('select 1 from refusals where user_id = $1', [id])).toEqual([]);
    return response;
  };
  it.for(changes)('is not made: %s', async ([_name, send], { server }) => {
    const response = await revokeWhileItWaits(server, send, false);
    expect(response.status).toBe(200);
    expect(Object.values(response.data)).toEqual([null]);
    expect(refusal(response)).toEqual(ENDED);
  });

  // Of a known token nothing is told before it is confirmed, not even that an operation ran.
  it.for(changes)(
    'is not made, and is refused as a whole, where the token is known: %s',
    async ([_name, send], { server }) => {
      const response = await revokeWhileItWaits(server, send, true);
      expect(response.status).toBe(401);
      expect(response.data).toBeUndefined();
      expect(refusal(response)).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    },
  );

  it('is not made, also where another node revokes the token', async ({ server, other }) => {
    const { id } = await server.user();
    const token = await server.token(['points:add']);
    const response = await endWhileItWaits(
      server,
      id,
      () => server.send(token, AddPointsDocument, { input: { user: { id }, points: 5 } }),
      () => other.send(admin, RevokeTokenDocument, { input: { id: token.id } }),
    );
    expect(refusal(response)).toEqual(ENDED);
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it('does not return the result under its key', async ({ server }) => {
    const { id } = await server.user();
    const token = await server.token(['points:add']);
    const input = { user: { id }, points: 5, idempotencyKey: 'k' };
    expect((await server.send(token, AddPointsDocument, { input })).data.change.replayed).toBe(false);
    const response = await endWhileItWaits(
      server,
      id,
      () => server.send(token, AddPointsDocument, { input }),
      () => server.send(admin, RevokeTokenDocument, { input: { id: token.id } }),
    );
    // The token is known, since it was used before: the request as a whole is refused, and nothing was changed.
    expect(response.status).toBe(401);
    expect(response.data).toBeUndefined();
  });
});

describe('A change that waits for its account while its session ends', () => {
  const endings: readonly [
    how: string,
    end: (server: TestServer, session: LoggedIn) => Promise<TestResponse>,
    denial: object,
  ][] = [
    ['the user logs out', (server, session) => server.send(session, LogOutDocument), ENDED],
    [
      'the user is deleted',
      (server, { user }) => server.send(admin, DeleteUserDocument, { user: { id: user.id } }),
      ENDED,
    ],
    [
      'the user loses the role',
      (server, { user }) => server.send(admin, UpdateUserDocument, { input: { user: { id: user.id }, role: 'USER' } }),
      { code: 'FORBIDDEN', effect: 'NONE' },
    ],
  ];
  it.for(endings)('is not made where %s', async ([_how, end, denial], { server }) => {
    const { id } = await server.user();
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const response = await endWhileItWaits(
      server,
      id,
      () => server.send(session, AddPointsDocument, { input: { user: { id }, points: 5 } }),
      () => end(server, session),
    );
    expect(response.data).toEqual({ change: null });
    expect(refusal(response)).toMatchObject(denial);
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it('is not made where the password is changed', async ({ server }) => {
    const currentPassword = 'correct horse battery';
    const signedUp = await server.send(undefined, SignUpDocument, { username: 'ann', password: currentPassword });
    const { accessToken, user } = signedUp.data.signUp;
    const own = { id: user.id };
    await server.send(admin, AddPointsDocument, { input: { user: own, points: 50 } });
    const response = await endWhileItWaits(
      server,
      user.id,
      () => server.send(accessToken, SpendPointsDocument, { input: { user: own, points: 5 } }),
      () => server.send(accessToken, ChangePasswordDocument, { currentPassword, newPassword: 'battery horse staple' }),
    );
    expect(refusal(response)).toEqual(ENDED);
    expect((await keptLedger(server, user.id)).deltas).toEqual([50]);
  });

  /** Changes the role of a user whose account is locked: `updateUser` would wait for the same lock. */
  const changeRole = async (server: TestServer, { id }: User, role: User['role']) => {
    await server.database.query('update users set role = $2 where id = $1', [id, role]);
    return undefined;
  };

  const roles = [
    ['USER', 'ADMIN'],
    ['ADMIN', 'USER'],
  ] as const;
  it.for(roles)(
    'of the user’s own points is refused while the role changes from %s to %s, and can be sent again',
    async ([role, next], { server }) => {
      const user = await server.user({ role });
      const session = await server.session(user);
      await server.send(admin, AddPointsDocument, { input: { user: { id: user.id }, points: 50 } });
      const names = [{ id: user.id }, { username: user.username.toUpperCase() }];
      for (const [index, named] of names.entries()) {
        await changeRole(server, user, role);
        const spend = () => server.send(session, SpendPointsDocument, { input: { user: named, points: 5 } });
        const response = await endWhileItWaits(server, user.id, spend, () => changeRole(server, user, next));
        expect(refusal(response)).toEqual({ code: 'OVERLOADED', retryAfterSeconds: 1, effect: 'NONE' });
        expect((await spend()).data.change.points).toBe(45 - 5 * index);
      }
      await changeRole(server, user, role);
      const resolve = () =>
        server.send(session, ResolvePointsDocument, { input: { user: { id: user.id }, idempotencyKey: 'k' } });
      const response = await endWhileItWaits(server, user.id, resolve, () => changeRole(server, user, next));
      expect(refusal(response)).toEqual({ code: 'OVERLOADED', retryAfterSeconds: 1, effect: 'NONE' });
      expect((await resolve()).errors).toBeUndefined();
    },
  );

  it('of another user’s points is denied where the user loses the role', async ({ server }) => {
    const { id } = await server.user();
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    await server.send(admin, AddPointsDocument, { input: { user: { id }, points: 50 } });
    const response = await endWhileItWaits(
      server,
      id,
      () => server.send(session, SpendPointsDocument, { input: { user: { id }, points: 5 } }),
      () => changeRole(server, session.user, 'USER'),
    );
    expect(refusal(response)).toMatchObject({ code: 'FORBIDDEN', missingScopes: ['POINTS_SPEND'], effect: 'NONE' });
    expect((await keptLedger(server, id)).deltas).toEqual([50]);
  });
});

describe('A request with many changes whose token is revoked meanwhile', () => {
  it('keeps the changes made before, and makes none after', async ({ server }) => {
    const [free, held] = [await server.user(), await server.user()];
    const token = await server.token(['points:add', 'points:spend']);
    const operations = Array.from({ length: 250 }, (_, n) => ({
      add: { user: { id: n < 100 || n % 2 === 0 ? free.id : held.id }, points: 1 },
    }));
    const response = await endWhileItWaits(
      server,
      held.id,
      () => server.send(token, ApplyPointsDocument, { input: { operations } }),
      () => server.send(admin, RevokeTokenDocument, { input: { id: token.id } }),
    );
    const { results } = response.data.applyPoints;
    expect(response.errors).toBeUndefined();
    const ended = { payload: null, error: { code: 'UNAUTHENTICATED', effect: 'NONE', replayed: false } };
    expect(results).toHaveLength(250);
    for (const result of results.slice(0, 100)) expect(result).toMatchObject({ error: null });
    for (const result of results.slice(200)) expect(result).toMatchObject(ended);
    const ofHeld = results.slice(100, 200).filter((_, nth) => operations[100 + nth]?.add.user.id === held.id);
    expect(ofHeld).toMatchObject(Array(50).fill(ended));
    expect((await keptLedger(server, held.id)).deltas).toEqual([]);
    const done = results.filter(({ error }: { error: unknown }) => error === null).length;
    expect((await keptLedger(server, free.id)).points).toBe(done);
  });

  it('makes at most one hundred more: 50 fields of 900 changes each', async ({ server, other }) => {
    const { id } = await server.user();
    const token = await server.token(['points:add', 'points:spend']);
    const fields = Array.from(
      { length: 50 },
      (_, n) => `f${n}: applyPoints(input: $input) { results { error { code } } }`,
    );
    const operations = Array.from({ length: 900 }, () => ({ add: { user: { id }, points: 1 } }));
    const sent = server.send(token, `mutation ($input: ApplyPointsInput!) { ${fields.join('\n')} }`, {
      input: { operations },
    });
    const count = async () => (await keptLedger(server, id)).points;
    await vi.waitFor(async () => expect(await count()).toBeGreaterThan(0), { timeout: 10_000, interval: 1 });
    expect(
      (await other.send(admin, RevokeTokenDocument, { input: { id: token.id } })).data.revokeToken.token?.state,
    ).toBe('REVOKED');
    const atAnswer = await count();
    const { status } = await sent;
    expect(status).toBe(200);
    expect((await count()) - atAnswer).toBeLessThanOrEqual(100);
    expect(await count()).toBeLessThan(45_000);
  });

  it('makes no change after it has revoked its own token', async ({ server }) => {
    const { id } = await server.user();
    const token = await server.token(['points:add']);
    const input = { user: { id }, points: 7 };
    const { data, errors } = await server.send(token, RevokeTokenThenAddPointsDocument, { input });
    expect(data).toEqual({ revokeCurrentToken: { token: { state: 'REVOKED' } }, addPoints: null });
    expect(errors).toMatchObject([{ path: ['addPoints'], extensions: { ...ENDED } }]);
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });
});
