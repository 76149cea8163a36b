import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  ApplyPointsDocument,
  DeleteUserDocument,
  LogOutDocument,
  PauseTokenDocument,
  RevokeTokenDocument,
  RotateTokenDocument,
  SetPasswordDocument,
  UpdateTokenDocument,
  UpdateUserDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { type Held, hold } from '../support/held.js';
import { type IssuedToken, type LoggedIn, sessionIdOf, type TestResponse, type TestServer } from '../support/server.js';
import { keptLedger, refusal } from './ledger.js';

type Credential = { readonly tokenId: string } | { readonly sessionId: string; readonly role: string };

/** Makes a change in a transaction that a test ends: one whose credential was read as valid, and which is not committed. */
async function change(server: TestServer, userId: string, ownerId: string, credential: Credential): Promise<Held> {
  const operation = { kind: 'ADD', userId, points: 5, ownerId, retried: false, ...credential };
  return await hold(server, 'select apply_points($1::jsonb, 0)', [JSON.stringify([operation])]);
}

interface Given {
  readonly server: TestServer;
  readonly admin: IssuedToken;
  readonly token: IssuedToken;
  readonly session: LoggedIn;
}

/** What ends the credential of a change, with the owner of the credential. */
const ENDINGS: readonly (readonly [string, 'token' | 'session', (given: Given) => Promise<TestResponse>])[] = [
  [
    'revokeToken',
    'token',
    ({ server, admin, token }) => server.send(admin, RevokeTokenDocument, { input: { id: token.id } }),
  ],
  [
    'rotateToken without an overlap',
    'token',
    ({ server, admin, token }) => server.send(admin, RotateTokenDocument, { id: token.id, overlapSeconds: 0 }),
  ],
  ['pauseToken', 'token', ({ server, admin, token }) => server.send(admin, PauseTokenDocument, { id: token.id })],
  [
    'updateToken with networks',
    'token',
    ({ server, admin, token }) =>
      server.send(admin, UpdateTokenDocument, { input: { id: token.id, networks: ['192.0.2.0/24'] } }),
  ],
  [
    'updateToken with a limit',
    'token',
    ({ server, admin, token }) =>
      server.send(admin, UpdateTokenDocument, { input: { id: token.id, limits: { maxPointsPerChange: 4 } } }),
  ],
  [
    'deleteUser',
    'token',
    ({ server, admin, token }) => server.send(admin, DeleteUserDocument, { user: { id: token.owner.id } }),
  ],
  ['logOut', 'session', ({ server, session }) => server.send(session, LogOutDocument)],
  [
    'setPassword',
    'session',
    ({ server, admin, session }) =>
      server.send(admin, SetPasswordDocument, { user: { id: session.user.id }, password: 'another horse battery' }),
  ],
  [
    'a demotion',
    'session',
    ({ server, admin, session }) =>
      server.send(admin, UpdateUserDocument, { input: { user: { id: session.user.id }, role: 'USER' } }),
  ],
];

describe('A change that is not yet committed when its credential ends', () => {
  it.for(ENDINGS)('is kept, %s responds after it, and no later change is made', async ([, kind, end], { server }) => {
    const admin = await server.everything();
    const token = await server.token(['points:add']);
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const { id } = await server.user();
    const [owner, credential, secret] =
      kind === 'token'
        ? [token.owner, { tokenId: token.id }, token]
        : [session.user, { sessionId: sessionIdOf(session), role: 'ADMIN' }, session];
    const underWay = await change(server, id, owner.id, credential);

    let isAnswered = false;
    const ended = end({ server, admin, token, session }).finally(() => {
      isAnswered = true;
    });
    await underWay.reached();
    expect(isAnswered).toBe(false);
    const later = await server.user();
    const waiting = server.send(secret, AddPointsDocument, { input: { user: { id: later.id }, points: 5 } });
    await underWay.isFollowed();
    await underWay.commit();

    expect((await ended).errors).toBeUndefined();
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
    expect(refusal(await waiting)).toMatchObject({ effect: 'NONE' });
    expect((await keptLedger(server, later.id)).deltas).toEqual([]);
  });

  it('does not block changes with the credential of another owner', async ({ server }) => {
    const admin = await server.everything();
    const [token, other] = [await server.token(['points:add']), await server.token(['points:add'])];
    const { id } = await server.user();
    const underWay = await change(server, id, token.owner.id, { tokenId: token.id });
    const revoked = server.send(admin, RevokeTokenDocument, { input: { id: token.id } });
    await underWay.reached();
    const { id: free } = await server.user();
    const operations = [token, other].map(({ id: tokenId, owner }) => ({
      kind: 'ADD',
      userId: free,
      points: 5,
      ownerId: owner.id,
      tokenId,
      retried: false,
    }));
    const results = await server.database.query(
      `select row ->> 'outcome' as outcome from apply_points($1::jsonb, 0) as row order by row ->> 'ordinal'`,
      [JSON.stringify(operations)],
    );
    expect(results).toEqual([{ outcome: 'BUSY' }, { outcome: 'APPLIED' }]);
    expect(
      (await server.send(other, AddPointsDocument, { input: { user: { id: free }, points: 5 } })).errors,
    ).toBeUndefined();
    await underWay.commit();
    expect((await revoked).errors).toBeUndefined();
  });

  it.for(['pauseToken', 'revokeToken'] as const)(
    'of many that wait, is not made once %s has responded',
    async (name, { server }) => {
      const admin = await server.everything();
      const token = await server.token(['points:add']);
      const { id } = await server.user();
      const holder = await hold(server, 'select from balances where user_id = $1 for update', [id]);
      const operations = Array.from({ length: 250 }, () => ({ add: { user: { id }, points: 1 } }));
      const response = server.send(token, ApplyPointsDocument, { input: { operations } });
      await holder.reached();
      const ended =
        name === 'pauseToken'
          ? await server.send(admin, PauseTokenDocument, { id: token.id })
          : await server.send(admin, RevokeTokenDocument, { input: { id: token.id } });
      expect(ended.errors).toBeUndefined();
      await holder.release();
      const { results } = (await response).data.applyPoints;
      expect(results.map(({ error }) => [error?.code, error?.effect])).toEqual(
        Array(250).fill(['UNAUTHENTICATED', 'NONE']),
      );
      expect((await keptLedger(server, id)).deltas).toEqual([]);
    },
  );
});
