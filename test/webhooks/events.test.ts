import { describe, expect, vi } from 'vitest';
import { DeleteUserDocument, RevokeTokenDocument } from '../operations/generated.js';
import { changesBy } from '../points/changes-by.js';
import type { IssuedToken } from '../support/server.js';
import { startReceiver } from './receiver.js';
import { it, makeWebhook } from './sending.js';

let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

const DAY_MS = 86_400_000;

describe('A webhook is sent', () => {
  it('hold.ended of holds that are captured, released or expire', async ({ server }) => {
    const receiver = await startReceiver();
    const { id, username } = await server.user();
    const { add, hold, capture, release } = changesBy(server, admin);
    await add(id, 100);
    await makeWebhook(server, admin, { url: receiver.url, events: ['HOLD_ENDED'] });
    const made = [];
    for (const more of [{ reference: 'order 1' }, {}, { expiresInSeconds: 1 }])
      made.push((await hold(id, 10, more)).data.change.hold.id);
    const [captured = '', released = '', expired = ''] = made;
    await capture(captured, { points: 4 });
    await release(released);
    await receiver.accepts(2);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await server.database.query('select mark_expired_holds(100)');
    // At least once: one of the others may come again.
    await vi.waitUntil(() => receiver.accepted.some(({ id: of }) => of === `${expired}.ended`), { timeout: 15_000 });
    const messages = receiver.accepted;
    const ofHold = (hold: string) => messages.find((message) => message.id === `${hold}.ended`)?.data.hold;
    const told = { user: { id, username }, points: 10, endedAt: expect.any(String) };
    expect(ofHold(captured)).toEqual({ id: captured, ...told, captured: 4, state: 'CAPTURED', reference: 'order 1' });
    expect(ofHold(released)).toEqual({ id: released, ...told, captured: null, state: 'RELEASED', reference: null });
    expect(ofHold(expired)).toEqual({ id: expired, ...told, captured: null, state: 'EXPIRED', reference: null });
    expect(messages.every(({ type }) => type === 'hold.ended')).toBe(true);
  });

  it('token.revoked, also of the tokens of a user who is deleted, and user.deleted', async ({ server }) => {
    const receiver = await startReceiver();
    await makeWebhook(server, admin, { url: receiver.url, events: ['TOKEN_REVOKED', 'USER_DELETED'] });
    const [first, second] = [await server.token(['points:read']), await server.token(['points:read'])];
    await server.send(admin, RevokeTokenDocument, { input: { id: first.id } });
    await server.send(admin, DeleteUserDocument, { user: { id: second.owner.id } });
    const messages = await receiver.accepts(3);
    expect(messages.map(({ id, type }) => [id, type])).toEqual(
      expect.arrayContaining([
        [`${first.id}.revoked`, 'token.revoked'],
        [`${second.id}.revoked`, 'token.revoked'],
        [`${second.owner.id}.deleted`, 'user.deleted'],
      ]),
    );
    const revoked = messages.find(({ id }) => id === `${first.id}.revoked`);
    const { id, username } = first.owner;
    expect(revoked?.data).toEqual({
      token: { id: first.id, name: 'a test', owner: { id, username }, expiresAt: null, revokedAt: revoked?.timestamp },
    });
    expect(messages.find(({ type }) => type === 'user.deleted')?.data).toEqual({ user: { id: second.owner.id } });
  });

  it('token.expiring 7 days before, unless the token had fewer from the start', async ({ server }) => {
    const receiver = await startReceiver();
    await makeWebhook(server, admin, { url: receiver.url, events: ['TOKEN_EXPIRING', 'POINTS_ENTRY'] });
    const [expiring, short] = [await server.token(['points:read']), await server.token(['points:read'])];
    const setExpiry = `update tokens set expires_at = clock_timestamp() + interval '7 days 1 second',
      issued_at = clock_timestamp() - $2::interval where id = $1 returning expires_at`;
    await server.database.query(setExpiry, [short.id, '-2 seconds']); // the first to be due, if it were sent
    const [row] = await server.database.query(setExpiry, [expiring.id, '30 days']);
    const [message] = await receiver.accepts(1);
    const expiresAt = new Date(String(row?.['expires_at'])).getTime();
    expect(message?.id).toBe(`${expiring.id}.expiring.${Math.floor(expiresAt / 1_000)}`);
    expect(Date.parse(message?.data.token.expiresAt) - Date.parse(message?.timestamp ?? '')).toBe(7 * DAY_MS);
    const marker = await server.user();
    await changesBy(server, admin).add(marker.id, 1);
    await receiver.accepts(2);
    expect(receiver.received.map(({ id }) => id)).toEqual([message?.id, `${marker.id}.1`]);
  });

  it('only the events of its user', async ({ server }) => {
    const receiver = await startReceiver();
    const [one, other] = [await server.token(['points:read']), await server.token(['points:read'])];
    const events = ['TOKEN_REVOKED', 'USER_DELETED', 'POINTS_ENTRY', 'HOLD_ENDED'] as const;
    await makeWebhook(server, admin, { url: receiver.url, events: [...events], user: { id: one.owner.id } });
    await server.send(admin, RevokeTokenDocument, { input: { id: other.id } });
    await server.send(admin, DeleteUserDocument, { user: { id: other.owner.id } });
    await server.send(admin, RevokeTokenDocument, { input: { id: one.id } });
    await server.send(admin, DeleteUserDocument, { user: { id: one.owner.id } });
    const messages = await receiver.accepts(2);
    expect(messages.map(({ id }) => id).toSorted()).toEqual(
      [`${one.id}.revoked`, `${one.owner.id}.deleted`].toSorted(),
    );
  });
});
