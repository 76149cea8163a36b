import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  DeleteUserDocument,
  ResolvePointsDocument,
  ReversePointsDocument,
  SpendPointsDocument,
  type UserBy,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { keptLedger, refusal } from './ledger.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const resolve = (server: TestServer, user: UserBy, idempotencyKey: string, by: { secret: string } = token) =>
  server.send(by, ResolvePointsDocument, { input: { user, idempotencyKey } });

describe('Mutation.resolvePoints', () => {
  it('returns the result under the key, of every kind of change', async ({ server }) => {
    const { id, username } = await server.user();
    const common = { user: { id }, points: 5 };
    const added = await server.send(token, AddPointsDocument, { input: { ...common, idempotencyKey: 'add' } });
    await server.send(token, SpendPointsDocument, { input: { ...common, points: 9, idempotencyKey: 'refused' } });
    const entryId = added.data.change.entry.id;
    const reversed = await server.send(token, ReversePointsDocument, { input: { entryId, idempotencyKey: 'reverse' } });
    const result = async (key: string) => (await resolve(server, { username }, key)).data.resolvePoints.result;
    const none = { hold: null, transfer: null, error: null };
    expect(await result('add')).toEqual({ ...none, payload: { ...added.data.change, replayed: true } });
    expect(await result('reverse')).toEqual({ ...none, payload: { ...reversed.data.change, replayed: true } });
    expect(await result('refused')).toMatchObject({
      payload: null,
      error: { code: 'INSUFFICIENT_POINTS', available: 5, needed: 9, effect: 'NONE', replayed: true },
    });
  });

  it('closes an unused key for good', async ({ server }) => {
    const { id } = await server.user();
    const closed = { code: 'IDEMPOTENCY_KEY_CLOSED', effect: 'NONE' };
    const result = async () => (await resolve(server, { id }, 'k')).data.resolvePoints.result;
    expect(await result()).toMatchObject({ payload: null, error: { ...closed, replayed: false } });
    expect(await result()).toMatchObject({ payload: null, error: { ...closed, replayed: true } });
    for (const [document, points] of [
      [AddPointsDocument, 5],
      [SpendPointsDocument, 3],
    ] as const) {
      const late = await server.send(token, document, { input: { user: { id }, points, idempotencyKey: 'k' } });
      expect(refusal(late)).toEqual({ ...closed, replayed: true });
    }
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it('agrees with the change where both are sent at once', async ({ server }) => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { id } = await server.user();
        const input = { user: { id }, points: 5, idempotencyKey: 'k' };
        const [change, resolved] = await Promise.all([
          server.send(token, AddPointsDocument, { input }),
          resolve(server, { id }, 'k'),
        ]);
        const { result } = resolved.data.resolvePoints;
        expect((await keptLedger(server, id)).points).toBe(change.data.change === null ? 0 : 5);
        expect(result.payload?.entry ?? null).toEqual(change.data.change?.entry ?? null);
        expect(result.error?.code).toBe(refusal(change)?.['code']);
      }),
    );
    expect(outcomes).toHaveLength(20);
  });

  it('finds only keys of the credential’s owner', async ({ server }) => {
    const { id } = await server.user();
    await server.send(token, AddPointsDocument, { input: { user: { id }, points: 5, idempotencyKey: 'k' } });
    const other = await server.token(['points:add', 'points:spend']);
    expect((await resolve(server, { id }, 'k', other)).data.resolvePoints.result.error?.code).toBe(
      'IDEMPOTENCY_KEY_CLOSED',
    );
    expect((await resolve(server, { id }, 'k')).data.resolvePoints.result.payload?.points).toBe(5);
  });

  it('is allowed to users for their own points, and for no others', async ({ server }) => {
    const [own, other] = [await server.user(), await server.user()];
    const session = await server.session(own);
    expect((await resolve(server, { id: own.id }, 'k', session)).data.resolvePoints.result.error?.code).toBe(
      'IDEMPOTENCY_KEY_CLOSED',
    );
    expect((await resolve(server, { id: other.id }, 'k', session)).status).toBe(403);
  });

  it('is refused with USER_NOT_FOUND for an unknown user, and for a deleted one who has no such key', async ({
    server,
  }) => {
    const { id } = await server.user();
    await server.send(token, AddPointsDocument, { input: { user: { id }, points: 5, idempotencyKey: 'before' } });
    await server.send(token, DeleteUserDocument, { user: { id } });
    expect((await resolve(server, { id }, 'before')).data.resolvePoints.result.payload?.points).toBe(5);
    for (const response of [
      await resolve(server, { id }, 'after'),
      await resolve(server, { username: 'nobody' }, 'k'),
    ]) {
      expect(refusal(response)).toEqual({ code: 'USER_NOT_FOUND', effect: 'NONE', replayed: false });
    }
  });

  it.for(['points:add', 'points:spend', 'points:transfer'] as const)(
    'is allowed with %s alone',
    async (scope, { server }) => {
      const { id } = await server.user();
      const other = await server.token([scope]);
      expect((await resolve(server, { id }, 'k', other)).data.resolvePoints.result.error?.code).toBe(
        'IDEMPOTENCY_KEY_CLOSED',
      );
    },
  );

  it('is denied without a credential, with none of the scopes, and after the token was revoked', async ({ server }) => {
    const { id } = await server.user();
    const input = { user: { id }, idempotencyKey: 'k' };
    const gone = await server.token(['points:add', 'points:spend']);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [gone.id]);
    expect((await server.send(undefined, ResolvePointsDocument, { input })).status).toBe(401);
    expect((await server.send(gone, ResolvePointsDocument, { input })).status).toBe(401);
    expect((await server.send(await server.token(['points:reverse']), ResolvePointsDocument, { input })).status).toBe(
      403,
    );
  });

  it('refuses keys that no change can have', async ({ server }) => {
    const { id } = await server.user();
    for (const key of ['', 'k'.repeat(256), '\0', '\ud800']) {
      expect(refusal(await resolve(server, { id }, key))).toMatchObject({ code: 'BAD_USER_INPUT', effect: 'NONE' });
    }
  });
});
