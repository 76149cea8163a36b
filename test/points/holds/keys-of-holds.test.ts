import { describe, expect } from 'vitest';
import { DeleteUserDocument, UpdateUserDocument } from '../../operations/generated.js';
import { it } from '../../support/fixtures.js';
import type { IssuedToken, TestResponse, TestServer } from '../../support/server.js';
import { changesBy } from '../changes-by.js';
import { keptLedger, refusal } from '../ledger.js';
import { expire, keptHolds } from './kept-holds.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

/** Two users with 100 points each. */
async function twoUsers(server: TestServer) {
  const [one, other] = [await server.user(), await server.user()];
  for (const { id } of [one, other]) await changesBy(server, token).add(id, 100);
  return { one, other };
}

const REUSED = { code: 'IDEMPOTENCY_KEY_REUSED', effect: 'NONE', replayed: false };
const key = (idempotencyKey: string) => ({ idempotencyKey });
const heldIn = (response: TestResponse) => response.data.change.hold.id as string;

describe('An idempotency key', () => {
  it('of a hold returns the hold again, as it is now, whatever lifetime and reason are sent', async ({ server }) => {
    const { one } = await twoUsers(server);
    const { hold, capture } = changesBy(server, token);
    const first = (await hold(one.id, 5, { ...key('a'), reason: 'first' })).data.change;
    const again = await hold({ username: one.username }, 5, { ...key('a'), expiresInSeconds: 9, reason: 'second' });
    expect(again.data.change).toEqual({ ...first, replayed: true });
    await capture(first.hold.id, { points: 2 });
    expect((await hold(one.id, 5, key('a'))).data.change).toMatchObject({
      ...{ message: first.message, available: 98, replayed: true },
      hold: { id: first.hold.id, state: 'CAPTURED', captured: 2, expiresAt: first.hold.expiresAt },
    });
    expect(await keptHolds(server, one.id)).toBe(0);
  });

  it('of a hold that has expired returns it as EXPIRED', async ({ server }) => {
    const { one } = await twoUsers(server);
    const { hold } = changesBy(server, token);
    const first = heldIn(await hold(one.id, 5, key('a')));
    await expire(server, first);
    expect((await hold(one.id, 5, key('a'))).data.change).toMatchObject({
      ...{ replayed: true, available: 100, hold: { id: first, state: 'EXPIRED' } },
    });
  });

  it('of a release, a capture and a transfer returns the first result again', async ({ server }) => {
    const { one, other } = await twoUsers(server);
    const { hold, capture, release, transfer } = changesBy(server, token);
    const holds = [heldIn(await hold(one.id, 5)), heldIn(await hold(one.id, 5)), heldIn(await hold(one.id, 5))];
    const [first = '', second = '', third = ''] = holds;
    for (const send of [
      () => release(first, 'r'),
      () => capture(second, { ...key('c'), points: 3, reason: 'any' }),
      () => capture(third, { ...key('ct'), to: { id: other.id } }),
      () => transfer(one.id, other.id, 7, key('t')),
    ]) {
      const { data } = await send();
      expect(data.change.replayed).toBe(false);
      const again = await send();
      expect({ ...again.data.change, available: null }).toEqual({ ...data.change, available: null, replayed: true });
    }
    expect(await keptLedger(server, one.id)).toEqual({ points: 85, deltas: [100, -3, -5, -7] });
    expect(await keptLedger(server, other.id)).toEqual({ points: 112, deltas: [100, 5, 7] });
  });

  it('names the receiver by id or by name: it is the same change, and another receiver is not', async ({ server }) => {
    const { one, other } = await twoUsers(server);
    const third = await server.user();
    const { hold, capture, transfer } = changesBy(server, token);
    const held = heldIn(await hold(one.id, 5));
    await transfer(one.id, { username: other.username }, 1, key('t'));
    await capture(held, { ...key('c'), to: { id: other.id } });
    const same = { username: other.username.toUpperCase() };
    expect((await transfer({ username: one.username }, { id: other.id }, 1, key('t'))).data.change.replayed).toBe(true);
    expect((await capture(held, { ...key('c'), to: same })).data.change.replayed).toBe(true);
    for (const response of [
      await transfer(one.id, third.id, 1, key('t')),
      await transfer(one.id, other.id, 2, key('t')),
      await capture(held, { ...key('c'), to: { id: third.id } }),
      await capture(held, key('c')),
    ]) {
      expect(refusal(response)).toEqual(REUSED);
    }
  });

  it('of a capture compares whether the points were given, and which hold it is', async ({ server }) => {
    const { one } = await twoUsers(server);
    const { hold, capture } = changesBy(server, token);
    const [first, second] = [heldIn(await hold(one.id, 5)), heldIn(await hold(one.id, 5))];
    await capture(first, key('all'));
    await capture(second, { ...key('five'), points: 5 });
    expect((await capture(first, { ...key('all'), points: null })).data.change.replayed).toBe(true);
    expect(refusal(await capture(first, { ...key('all'), points: 5 }))).toEqual(REUSED);
    expect(refusal(await capture(second, key('five')))).toEqual(REUSED);
    expect(refusal(await capture(second, key('all')))).toEqual(REUSED);
  });

  it('is one for all kinds of changes of a user', async ({ server }) => {
    const { one, other } = await twoUsers(server);
    const by = changesBy(server, token);
    const [captured, released, open] = [
      heldIn(await by.hold(one.id, 5, key('HOLD'))),
      heldIn(await by.hold(one.id, 5)),
      heldIn(await by.hold(one.id, 5)),
    ];
    const added = (await by.add(one.id, 5, key('ADD'))).data.change.entry.id;
    await by.spend(one.id, 5, key('SPEND'));
    await by.reverse(added, 'REVERSAL');
    await by.capture(captured, { points: 5, ...key('CAPTURE') });
    await by.release(released, 'RELEASE');
    await by.transfer(one.id, other.id, 5, key('TRANSFER'));
    const send: Record<string, (idempotencyKey: string) => Promise<TestResponse>> = {
      ADD: (k) => by.add(one.id, 5, key(k)),
      SPEND: (k) => by.spend(one.id, 5, key(k)),
      REVERSAL: (k) => by.reverse(added, k),
      HOLD: (k) => by.hold(one.id, 5, key(k)),
      CAPTURE: (k) => by.capture(captured, { points: 5, ...key(k) }),
      RELEASE: (k) => by.release(released, k),
      TRANSFER: (k) => by.transfer(one.id, other.id, 5, key(k)),
    };
    for (const [kind, change] of Object.entries(send)) {
      for (const used of Object.keys(send)) {
        const response = await change(used);
        if (used === kind) expect(response.data.change).toMatchObject({ replayed: true });
        else expect({ kind, used, ...refusal(response) }).toEqual({ kind, used, ...REUSED });
      }
    }
    expect(refusal(await by.capture(open, key('HOLD')))).toEqual(REUSED);
    expect(await keptHolds(server, one.id)).toBe(5);
    const { deltas } = await keptLedger(server, one.id);
    expect(deltas).toEqual([100, 5, -5, -5, -5, -5]);
  });

  it('is another for another user, and for another owner', async ({ server }) => {
    const { one, other } = await twoUsers(server);
    const stranger = changesBy(server, await server.everything());
    const { hold, transfer } = changesBy(server, token);
    await hold(one.id, 5, key('k'));
    expect((await hold(other.id, 5, key('k'))).data.change.replayed).toBe(false);
    expect((await stranger.hold(one.id, 5, key('k'))).data.change.replayed).toBe(false);
    // A transfer has its key with the user who gives.
    await transfer(one.id, other.id, 1, key('t'));
    expect((await transfer(other.id, one.id, 1, key('t'))).data.change.replayed).toBe(false);
  });

  it('keeps the refusals INSUFFICIENT_POINTS and HOLD_ENDED', async ({ server }) => {
    const { one, other } = await twoUsers(server);
    const { add, hold, capture, release, transfer } = changesBy(server, token);
    const [first, ended] = [heldIn(await hold(one.id, 60)), heldIn(await hold(one.id, 1))];
    await release(ended);
    const sends = [
      () => hold(one.id, 41, key('h')),
      () => capture(first, { points: 101, ...key('c') }),
      () => transfer(one.id, other.id, 41, key('t')),
      () => capture(ended, key('ce')),
      () => release(ended, 're'),
    ];
    const refusals = [];
    for (const send of sends) refusals.push(refusal(await send()));
    expect(refusals).toMatchObject([
      { code: 'INSUFFICIENT_POINTS', available: 40, needed: 41, held: 60, replayed: false },
      { code: 'INSUFFICIENT_POINTS', available: 100, needed: 101, held: 60, replayed: false },
      { code: 'INSUFFICIENT_POINTS', available: 40, needed: 41, held: 60, replayed: false },
      { code: 'HOLD_ENDED', state: 'RELEASED', replayed: false },
      { code: 'HOLD_ENDED', state: 'RELEASED', replayed: false },
    ]);
    await add(one.id, 1_000);
    for (const [index, send] of sends.entries()) {
      expect(refusal(await send())).toEqual({ ...refusals[index], replayed: true });
    }
    expect(await keptHolds(server, one.id)).toBe(60);
  });

  it('shows the names that the users had, also after they were renamed', async ({ server }) => {
    const { one, other } = await twoUsers(server);
    const { hold, release, transfer } = changesBy(server, token);
    const held = await hold(one.id, 5, key('h'));
    const released = await release(heldIn(held), 'r');
    const moved = await transfer(one.id, other.id, 5, key('t'));
    for (const { id, username } of [one, other]) {
      const input = { user: { id }, username: `${username}-renamed` };
      expect((await server.send(token, UpdateUserDocument, { input })).errors).toBeUndefined();
    }
    const { message, debit, credit } = moved.data.change;
    expect((await transfer(one.id, other.id, 5, key('t'))).data.change).toMatchObject({ message, debit, credit });
    expect((await hold(one.id, 5, key('h'))).data.change.message).toBe(held.data.change.message);
    expect((await release(heldIn(held), 'r')).data.change.message).toBe(released.data.change.message);
  });

  it('returns a transfer again after the receiver was deleted', async ({ server }) => {
    const { one, other } = await twoUsers(server);
    const { transfer } = changesBy(server, token);
    const { data } = await transfer(one.id, other.id, 5, key('t'));
    await server.send(token, DeleteUserDocument, { user: { id: other.id } });
    expect((await transfer(one.id, other.id, 5, key('t'))).data.change).toMatchObject({
      ...{ replayed: true, points: 95, debit: data.change.debit, credit: data.change.credit },
      message: `Successfully transferred 5 points from ${one.username} to deleted-${other.id}`,
    });
  });

  it('is that of a receiver who cannot be found by the name any more', async ({ server }) => {
    const { one, other } = await twoUsers(server);
    const { transfer, capture, hold } = changesBy(server, token);
    const { data } = await transfer(one.id, { username: other.username }, 5, key('t'));
    const toNoUser = heldIn(await hold(one.id, 5));
    await capture(toNoUser, key('c'));
    await server.send(token, UpdateUserDocument, {
      input: { user: { id: other.id }, username: `${other.username}-2` },
    });
    const byName = await transfer(one.id, { username: other.username }, 5, key('t'));
    expect(byName.data.change).toEqual({ ...data.change, replayed: true });
    const another = await transfer(one.id, { username: other.username }, 6, key('t'));
    expect(refusal(another)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    const unknown = await transfer(one.id, { username: other.username }, 5, key('another'));
    expect(refusal(unknown)).toMatchObject({ code: 'USER_NOT_FOUND', effect: 'NONE' });
    const toUnknown = await capture(toNoUser, { ...key('c'), to: { username: other.username } });
    expect(refusal(toUnknown)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });
});

describe('Mutation.resolvePoints', () => {
  it('returns the result under the key of a hold, a release, a capture and a transfer', async ({ server }) => {
    const { one, other } = await twoUsers(server);
    const { hold, capture, release, transfer, resolve } = changesBy(server, token);
    const held = await hold(one.id, 5, key('hold'));
    const released = await release(heldIn(held), 'release');
    const captured = await capture(heldIn(await hold(one.id, 5)), key('capture'));
    const paid = await capture(heldIn(await hold(one.id, 5)), { ...key('pay'), to: { id: other.id } });
    const moved = await transfer(one.id, other.id, 5, key('transfer'));
    const none = { payload: null, hold: null, transfer: null, error: null };
    const now = { available: 85, replayed: true };
    const { hold: ended } = released.data.change;
    expect(await resolve(one.id, 'hold')).toEqual({ ...none, hold: { ...held.data.change, ...now, hold: ended } });
    expect(await resolve(one.id, 'release')).toEqual({ ...none, hold: { ...released.data.change, ...now } });
    for (const [name, response] of [
      ['capture', captured],
      ['pay', paid],
    ] as const) {
      expect(await resolve(one.id, name)).toEqual({ ...none, payload: { ...response.data.change, replayed: true } });
    }
    expect(await resolve({ username: one.username }, 'transfer')).toEqual({
      ...none,
      transfer: { ...moved.data.change, replayed: true },
    });
  });

  it('closes a key, under which nothing is held, captured, released or transferred then', async ({ server }) => {
    const { one, other } = await twoUsers(server);
    const { hold, capture, release, transfer, resolve } = changesBy(server, token);
    const held = heldIn(await hold(one.id, 5));
    expect(await resolve(one.id, 'k')).toMatchObject({ error: { code: 'IDEMPOTENCY_KEY_CLOSED', replayed: false } });
    for (const response of [
      await hold(one.id, 5, key('k')),
      await capture(held, key('k')),
      await release(held, 'k'),
      await transfer(one.id, other.id, 5, key('k')),
    ]) {
      expect(refusal(response)).toEqual({ code: 'IDEMPOTENCY_KEY_CLOSED', effect: 'NONE', replayed: true });
    }
    expect(await keptHolds(server, one.id)).toBe(5);
    expect((await keptLedger(server, one.id)).points).toBe(100);
  });

  it('agrees with a hold that is sent at the same time', async ({ server }) => {
    const { one } = await twoUsers(server);
    const { hold, resolve } = changesBy(server, token);
    for (let n = 0; n < 10; n++) {
      const [made, resolved] = await Promise.all([hold(one.id, 1, key(`k${n}`)), resolve(one.id, `k${n}`)]);
      expect(resolved.hold?.hold.id).toEqual(made.data.change?.hold.id);
      expect(resolved.error?.code).toBe(refusal(made)?.['code']);
    }
  });
});
