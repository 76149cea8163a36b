import { describe, expect } from 'vitest';
import { MAX_POINTS } from '../../../src/points/limits.js';
import {
  CaptureHoldDocument,
  DeleteUserDocument,
  EntryOfHoldOrTransferDocument,
  PointsEntryNotesDocument,
  PointsHoldDocument,
} from '../../operations/generated.js';
import { it } from '../../support/fixtures.js';
import type { IssuedToken, TestServer } from '../../support/server.js';
import { changesBy } from '../changes-by.js';
import { keptLedger, refusal } from '../ledger.js';
import { expire, keptHolds } from './kept-holds.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

/** A user with 10 points, 6 of which are held. */
async function userWithHold(server: TestServer) {
  const user = await server.user();
  const { add, hold } = changesBy(server, token);
  await add(user.id, 10);
  const notes = { reason: 'an image', reference: 'job-1', metadata: [{ key: 'model', value: 'large' }] };
  return { ...user, hold: (await hold(user.id, 6, notes)).data.change.hold.id };
}

const read = async (server: TestServer, id: string) =>
  (await server.send(token, PointsHoldDocument, { id })).data.pointsHold;

describe('Mutation.captureHold', () => {
  it('spends the points that were held, with the reason, the reference and the metadata of the hold', async ({
    server,
  }) => {
    const { id, username, hold } = await userWithHold(server);
    const { data } = await changesBy(server, token).capture(hold);
    expect(data.change).toMatchObject({
      message: `Successfully spent 6 points of ${username}`,
      points: 4,
      replayed: false,
      user: { id, username },
      entry: { id: `${id}.2`, kind: 'SPEND', delta: -6, balanceAfter: 4, sequence: 2, reason: 'an image' },
    });
    expect(await read(server, hold)).toMatchObject({
      ...{ id: hold, state: 'CAPTURED', points: 6, captured: 6, endedAt: data.change.entry.createdAt },
      entry: { id: `${id}.2` },
    });
    const notes = await server.send(token, PointsEntryNotesDocument, { id: `${id}.2` });
    expect(notes.data.pointsEntry).toMatchObject({ reference: 'job-1', metadata: [{ key: 'model', value: 'large' }] });
    const entry = await server.send(token, EntryOfHoldOrTransferDocument, { id: `${id}.2` });
    expect(entry.data.pointsEntry).toMatchObject({ hold: { id: hold }, counterpart: null, counterpartUser: null });
    expect(await keptLedger(server, id)).toEqual({ points: 4, deltas: [10, -6] });
    expect(await keptHolds(server, id)).toBe(0);
  });

  it('has no metadata where it is given none, and not more than 4,096 bytes with what it takes of the hold', async ({
    server,
  }) => {
    const { add, hold, capture } = changesBy(server, token);
    const { id } = await server.user();
    await add(id, 10);
    const metadata = Array.from({ length: 20 }, (_, n) => ({ key: `k${n}`, value: 'v'.repeat(200) }));
    const heldId = async () => (await hold(id, 1, { metadata })).data.change.hold.id;
    const tooLong = await capture(await heldId(), { reference: 'r'.repeat(100) });
    expect(refusal(tooLong)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.metadata', effect: 'NONE' });
    const { data } = await capture(await heldId(), { reference: 'r'.repeat(100), metadata: [] });
    const entry = await server.send(token, PointsEntryNotesDocument, { id: data.change.entry.id });
    expect(entry.data.pointsEntry).toMatchObject({ reference: 'r'.repeat(100), metadata: [] });
  });

  it('takes a reason, a reference and metadata of its own', async ({ server }) => {
    const { hold } = await userWithHold(server);
    const own = { reason: 'two images', reference: 'job-2', metadata: [{ key: 'count', value: '2' }] };
    const { entry } = (await changesBy(server, token).capture(hold, own)).data.change;
    expect(entry.reason).toBe('two images');
    const { data } = await server.send(token, PointsEntryNotesDocument, { id: entry.id });
    expect(data.pointsEntry).toMatchObject({ reference: 'job-2', metadata: [{ key: 'count', value: '2' }] });
  });

  it('of fewer points makes the rest available again', async ({ server }) => {
    const { id, hold } = await userWithHold(server);
    const { capture, spend } = changesBy(server, token);
    expect((await capture(hold, { points: 2 })).data.change).toMatchObject({ points: 8, entry: { delta: -2 } });
    expect(await read(server, hold)).toMatchObject({ state: 'CAPTURED', points: 6, captured: 2 });
    expect((await spend(id, 8)).data.change.points).toBe(0);
    expect(await keptHolds(server, id)).toBe(0);
  });

  it('of more points takes the rest of what is available', async ({ server }) => {
    const { id, hold } = await userWithHold(server);
    expect((await changesBy(server, token).capture(hold, { points: 10 })).data.change.points).toBe(0);
    expect(await read(server, hold)).toMatchObject({ state: 'CAPTURED', points: 6, captured: 10 });
    expect(await keptHolds(server, id)).toBe(0);
  });

  it('of more points than are available is refused, says how many it could have taken, and the hold stands', async ({
    server,
  }) => {
    const { id, hold: first } = await userWithHold(server);
    const { capture, hold } = changesBy(server, token);
    await hold(id, 3);
    expect(refusal(await capture(first, { points: 8 }))).toEqual({
      ...{ code: 'INSUFFICIENT_POINTS', available: 7, needed: 8, held: 9, effect: 'NONE', replayed: false },
    });
    expect(await read(server, first)).toMatchObject({ state: 'HELD', captured: null, entry: null, endedAt: null });
    expect(await keptHolds(server, id)).toBe(9);
    expect((await capture(first, { points: 7 })).data.change.points).toBe(3);
    expect(await keptHolds(server, id)).toBe(3);
  });

  it('with `to` transfers the points', async ({ server }) => {
    const { id, username, hold } = await userWithHold(server);
    const seller = await server.user();
    const { data } = await changesBy(server, token).capture(hold, { points: 5, to: { username: seller.username } });
    expect(data.change).toMatchObject({
      message: `Successfully transferred 5 points from ${username} to ${seller.username}`,
      points: 5,
      user: { id },
      entry: { id: `${id}.2`, kind: 'TRANSFER_OUT', delta: -5, reason: 'an image' },
    });
    const entry = await server.send(token, EntryOfHoldOrTransferDocument, { id: `${id}.2` });
    expect(entry.data.pointsEntry).toEqual({
      ...{ kind: 'TRANSFER_OUT', delta: -5, hold: { id: hold } },
      counterpart: { id: `${seller.id}.1`, kind: 'TRANSFER_IN', delta: 5, reverses: null },
      counterpartUser: { id: seller.id, username: seller.username },
    });
    const received = await server.send(token, EntryOfHoldOrTransferDocument, { id: `${seller.id}.1` });
    expect(received.data.pointsEntry).toMatchObject({ hold: null, counterpartUser: { id } });
    expect(await read(server, hold)).toMatchObject({ state: 'CAPTURED', captured: 5, entry: { id: `${id}.2` } });
    expect(await keptLedger(server, seller.id)).toEqual({ points: 5, deltas: [5] });
    expect(await keptHolds(server, id)).toBe(0);
  });

  it('with `to` is refused to the user themself, to an unknown user, and where the receiver has too many points', async ({
    server,
  }) => {
    const { id, hold } = await userWithHold(server);
    const { add, capture } = changesBy(server, token);
    const [rich, gone] = [await server.user(), await server.user()];
    await add(rich.id, MAX_POINTS);
    await server.send(token, DeleteUserDocument, { user: { id: gone.id } });
    expect(refusal(await capture(hold, { to: { id } }))).toMatchObject({
      ...{ code: 'BAD_USER_INPUT', field: 'input.to', effect: 'NONE' },
    });
    for (const to of [{ username: 'nobody' }, { id: gone.id }]) {
      expect(refusal(await capture(hold, { to }))).toMatchObject({ code: 'USER_NOT_FOUND', effect: 'NONE' });
    }
    expect(refusal(await capture(hold, { to: { id: rich.id } }))).toMatchObject({ code: 'BALANCE_LIMIT' });
    expect(await keptHolds(server, id)).toBe(6);
    expect((await keptLedger(server, id)).points).toBe(10);
  });

  it('ends a hold once, also for twenty concurrent captures and releases', async ({ server }) => {
    const { id, hold } = await userWithHold(server);
    const { capture, release } = changesBy(server, token);
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? capture(hold, { points: 1 }) : release(hold))),
    );
    expect(responses.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    const state = (await read(server, hold))?.state;
    for (const refused of responses.map(refusal).filter((extensions) => extensions !== undefined)) {
      expect(refused).toEqual({ code: 'HOLD_ENDED', state, effect: 'NONE', replayed: false });
    }
    expect((await keptLedger(server, id)).points).toBe(state === 'CAPTURED' ? 9 : 10);
    expect(await keptHolds(server, id)).toBe(0);
  });

  it('is refused for a hold that has ended, and says how', async ({ server }) => {
    const [one, two, three] = [await userWithHold(server), await userWithHold(server), await userWithHold(server)];
    const { capture, release } = changesBy(server, token);
    await capture(one.hold);
    await release(two.hold);
    await expire(server, three.hold);
    for (const [hold, state, how] of [
      [one.hold, 'CAPTURED', 'captured'],
      [two.hold, 'RELEASED', 'released'],
      [three.hold, 'EXPIRED', 'expired'],
    ] as const) {
      const response = await capture(hold);
      expect(refusal(response)).toEqual({ code: 'HOLD_ENDED', state, effect: 'NONE', replayed: false });
      expect(response.errors?.[0]?.message).toBe(`The hold has ended: it was ${how}.`);
    }
    expect((await keptLedger(server, three.id)).points).toBe(10);
    expect(await keptHolds(server, three.id)).toBe(0);
  });

  it('is refused with HOLD_NOT_FOUND for an id that no hold has', async ({ server }) => {
    const { id } = await userWithHold(server);
    const unknownUser = '0193a0a0-0000-7000-8000-000000000000';
    for (const hold of ['', 'x', id, `${id}.1`, `${id}.h0`, `${id}.h2`, `${id}.h01`, `${unknownUser}.h1`, '\0']) {
      expect(refusal(await changesBy(server, token).capture(hold))).toEqual({
        ...{ code: 'HOLD_NOT_FOUND', effect: 'NONE', replayed: false },
      });
    }
    expect(await keptHolds(server, id)).toBe(6);
  });

  it('is denied without a credential, without the scope, after the token was revoked, and to the user', async ({
    server,
  }) => {
    const { hold, ...user } = await userWithHold(server);
    const gone = await server.token(['points:spend']);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [gone.id]);
    const others = await server.token(['points:add', 'points:transfer', 'points:reverse']);
    expect((await changesBy(server, undefined).capture(hold)).status).toBe(401);
    expect((await changesBy(server, gone).capture(hold)).status).toBe(401);
    expect((await changesBy(server, others).capture(hold)).status).toBe(403);
    expect((await changesBy(server, await server.session(user)).capture(hold)).status).toBe(403);
    expect(await keptHolds(server, user.id)).toBe(6);
  });

  it('with points:spend alone spends the points, and is denied `to`', async ({ server }) => {
    const { id, hold } = await userWithHold(server);
    const { capture } = changesBy(server, await server.token(['points:spend']));
    const denied = await capture(hold, { to: { id: token.owner.id } });
    expect(denied.status).toBe(403);
    expect(denied.errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN', coordinate: 'CaptureHoldInput.to', missingScopes: ['POINTS_TRANSFER'] } },
    ]);
    expect(await keptHolds(server, id)).toBe(6);
    expect((await capture(hold)).data.change.points).toBe(4);
  });

  it('refuses bad input, and captures nothing', async ({ server }) => {
    const { id, hold } = await userWithHold(server);
    const { capture } = changesBy(server, token);
    for (const [field, more] of [
      ['input.points', { points: 0 }],
      ['input.reason', { reason: 'r'.repeat(501) }],
      ['input.reference', { reference: '' }],
      ['input.metadata.0.value', { metadata: [{ key: 'a', value: 'v'.repeat(201) }] }],
      ['input.idempotencyKey', { idempotencyKey: 'k'.repeat(256) }],
    ] as const) {
      expect(refusal(await capture(hold, more as object))).toMatchObject({
        ...{ code: 'BAD_USER_INPUT', field, effect: 'NONE' },
      });
    }
    for (const more of [{ points: -1 }, { points: 2 ** 53 }, { to: {} }, { to: { id, username: 'both' } }]) {
      expect((await server.send(token, CaptureHoldDocument, { input: { hold, ...(more as object) } })).status).toBe(
        400,
      );
    }
    expect(await keptHolds(server, id)).toBe(6);
  });
});
