import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IssuedToken, startServer, type TestServer } from '../support/server.js';
import { ADD, DELETE_USER, RESOLVE, REVERSE, SPEND } from './documents.js';
import { keptLedger, refusal } from './ledger.js';

let server: TestServer;
let token: IssuedToken;
beforeAll(async () => {
  server = await startServer();
  token = await server.everything();
});
afterAll(() => server.close());

const resolve = (user: object, idempotencyKey: string, by: { secret: string } = token) =>
  server.send(by, RESOLVE, { input: { user, idempotencyKey } });

describe('Mutation.resolvePoints', () => {
  it('answers what is stored under the key, whatever kind of change it was', async () => {
    const { id, username } = await server.user();
    const common = { user: { id }, points: 5 };
    const send = async (document: string, input: object) => (await server.send(token, document, { input })).data.change;
    const added = await send(ADD, { ...common, idempotencyKey: 'add' });
    await send(SPEND, { ...common, points: 9, idempotencyKey: 'refused' });
    const reversed = await send(REVERSE, { entryId: added.entry.id, idempotencyKey: 'reverse' });
    const result = async (key: string) => (await resolve({ username }, key)).data.resolvePoints.result;
    expect(await result('add')).toEqual({ payload: { ...added, replayed: true }, error: null });
    expect(await result('reverse')).toEqual({ payload: { ...reversed, replayed: true }, error: null });
    expect(await result('refused')).toMatchObject({
      payload: null,
      error: { code: 'INSUFFICIENT_POINTS', available: 5, needed: 9, effect: 'NONE', replayed: true },
    });
  });

  it('closes a key that nothing was done under, for good', async () => {
    const { id } = await server.user();
    const closed = { code: 'IDEMPOTENCY_KEY_CLOSED', effect: 'NONE' };
    const result = async () => (await resolve({ id }, 'k')).data.resolvePoints.result;
    expect(await result()).toMatchObject({ payload: null, error: { ...closed, replayed: false } });
    expect(await result()).toMatchObject({ payload: null, error: { ...closed, replayed: true } });
    for (const [document, points] of [
      [ADD, 5],
      [SPEND, 3],
    ] as const) {
      const late = await server.send(token, document, { input: { user: { id }, points, idempotencyKey: 'k' } });
      expect(refusal(late)).toEqual({ ...closed, replayed: true });
    }
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it('agrees with the change when both come at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { id } = await server.user();
        const input = { user: { id }, points: 5, idempotencyKey: 'k' };
        const [change, resolved] = await Promise.all([server.send(token, ADD, { input }), resolve({ id }, 'k')]);
        const { result } = resolved.data.resolvePoints;
        expect((await keptLedger(server, id)).points).toBe(change.data.change === null ? 0 : 5);
        expect(result.payload?.entry ?? null).toEqual(change.data.change?.entry ?? null);
        expect(result.error?.code).toBe(refusal(change)?.['code']);
      }),
    );
    expect(outcomes).toHaveLength(20);
  });

  it('sees the keys of the credential’s owner alone', async () => {
    const { id } = await server.user();
    await server.send(token, ADD, { input: { user: { id }, points: 5, idempotencyKey: 'k' } });
    const other = await server.token(['points:add', 'points:spend']);
    expect((await resolve({ id }, 'k', other)).data.resolvePoints.result.error.code).toBe('IDEMPOTENCY_KEY_CLOSED');
    expect((await resolve({ id }, 'k')).data.resolvePoints.result.payload.points).toBe(5);
  });

  it('is open to users for their own points', async () => {
    const [own, other] = [await server.user(), await server.user()];
    const session = await server.session(own);
    expect((await resolve({ id: own.id }, 'k', session)).data.resolvePoints.result.error.code).toBe(
      'IDEMPOTENCY_KEY_CLOSED',
    );
    expect((await resolve({ id: other.id }, 'k', session)).status).toBe(403);
  });

  it('answers USER_NOT_FOUND for a user who does not exist, or is gone without a trace of the key', async () => {
    const { id } = await server.user();
    await server.send(token, ADD, { input: { user: { id }, points: 5, idempotencyKey: 'before' } });
    await server.send(token, DELETE_USER, { id });
    expect((await resolve({ id }, 'before')).data.resolvePoints.result.payload.points).toBe(5);
    for (const answer of [await resolve({ id }, 'after'), await resolve({ username: 'nobody' }, 'k')]) {
      expect(refusal(answer)).toEqual({ code: 'USER_NOT_FOUND', effect: 'NONE', replayed: false });
    }
  });

  it('is refused without a credential, with half of its scopes, once revoked, and for bad keys', async () => {
    const { id } = await server.user();
    const input = { user: { id }, idempotencyKey: 'k' };
    const gone = await server.token(['points:add', 'points:spend']);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [gone.id]);
    expect((await server.send(undefined, RESOLVE, { input })).status).toBe(401);
    expect((await server.send(gone, RESOLVE, { input })).status).toBe(401);
    expect((await server.send(await server.token(['points:spend']), RESOLVE, { input })).status).toBe(403);
    for (const key of ['', 'k'.repeat(256), '\0', '\ud800']) {
      expect(refusal(await resolve({ id }, key))).toMatchObject({ code: 'BAD_USER_INPUT', effect: 'NONE' });
    }
  });
});
