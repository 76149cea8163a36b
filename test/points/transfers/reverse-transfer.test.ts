import { describe, expect } from 'vitest';
import { MAX_POINTS } from '../../../src/points/limits.js';
import { DeleteUserDocument, EntryOfHoldOrTransferDocument, PointsHoldDocument } from '../../operations/generated.js';
import { it } from '../../support/fixtures.js';
import type { IssuedToken, TestServer } from '../../support/server.js';
import { changesBy } from '../changes-by.js';
import { keptLedger, refusal } from '../ledger.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

/** A transfer of 5 of 10 points. */
async function transferred(server: TestServer) {
  const [giver, receiver] = [await server.user(), await server.user()];
  const { add, transfer } = changesBy(server, token);
  await add(giver.id, 10);
  const { debit, credit } = (await transfer(giver.id, receiver.id, 5)).data.change;
  return { giver, receiver, debit: debit.id, credit: credit.id };
}

const read = async (server: TestServer, id: string) =>
  (await server.send(token, EntryOfHoldOrTransferDocument, { id })).data.pointsEntry;

describe('A reversal of a transfer', () => {
  it.for(['debit', 'credit'] as const)('reverses both entries, given its %s', async (leg, { server }) => {
    const all = await transferred(server);
    const { giver, receiver, debit, credit } = all;
    const { data } = await changesBy(server, token).reverse(all[leg]);
    const [own, other] = leg === 'debit' ? [giver, receiver] : [receiver, giver];
    expect(data.change).toMatchObject({
      message: `Successfully reversed 5 points from ${giver.username} to ${receiver.username}`,
      points: leg === 'debit' ? 10 : 0,
      user: { id: own.id },
      entry: { kind: 'REVERSAL', delta: leg === 'debit' ? 5 : -5, reverses: { id: all[leg] } },
    });
    expect(await read(server, data.change.entry.id)).toMatchObject({
      kind: 'REVERSAL',
      counterpart: { kind: 'REVERSAL', reverses: { id: leg === 'debit' ? credit : debit } },
      counterpartUser: { id: other.id },
    });
    expect(await keptLedger(server, giver.id)).toEqual({ points: 10, deltas: [10, -5, 5] });
    expect(await keptLedger(server, receiver.id)).toEqual({ points: 0, deltas: [5, -5] });
  });

  it('happens once, whichever entries are given, also for twenty concurrent requests', async ({ server }) => {
    const { giver, receiver, debit, credit } = await transferred(server);
    const { add, reverse } = changesBy(server, token);
    await add(receiver.id, 1_000);
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, n) => reverse(n % 2 === 0 ? debit : credit, n < 2 ? `key ${n}` : undefined)),
    );
    expect(responses.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    for (const refused of responses.map(refusal).filter((extensions) => extensions !== undefined)) {
      expect(refused).toEqual({ code: 'ALREADY_REVERSED', effect: 'NONE', replayed: false });
    }
    expect((await keptLedger(server, giver.id)).points).toBe(10);
    expect((await keptLedger(server, receiver.id)).points).toBe(1_000);
  });

  it.for(['debit', 'credit'] as const)(
    'is refused where the receiver has spent or held the points, given its %s',
    async (leg, { server }) => {
      const all = await transferred(server);
      const { hold, release, reverse, spend } = changesBy(server, token);
      await spend(all.receiver.id, 1);
      const held = (await hold(all.receiver.id, 2)).data.change.hold.id;
      expect(refusal(await reverse(all[leg], 'k'))).toEqual({
        ...{ code: 'INSUFFICIENT_POINTS', available: 2, needed: 5, held: 2, effect: 'NONE', replayed: false },
      });
      await release(held);
      expect(refusal(await reverse(all[leg], 'k'))).toMatchObject({ available: 2, held: 2, replayed: true });
      expect(refusal(await reverse(all[leg]))).toMatchObject({ available: 4, held: 0 });
      expect((await keptLedger(server, all.giver.id)).deltas).toEqual([10, -5]);
      expect((await keptLedger(server, all.receiver.id)).deltas).toEqual([5, -1]);
    },
  );

  it('is refused where the giver would have too many points', async ({ server }) => {
    const { giver, debit, credit } = await transferred(server);
    const { add, reverse } = changesBy(server, token);
    await add(giver.id, MAX_POINTS - 5);
    for (const leg of [debit, credit]) {
      expect(refusal(await reverse(leg))).toMatchObject({ code: 'BALANCE_LIMIT', effect: 'NONE' });
    }
  });

  it('returns its result under its key again, and cannot be reversed', async ({ server }) => {
    const { debit, credit } = await transferred(server);
    const { reverse, resolve } = changesBy(server, token);
    const { change } = (await reverse(credit, 'k')).data;
    expect((await reverse(credit, 'k')).data.change).toEqual({ ...change, replayed: true });
    expect((await resolve(change.user.id, 'k')).payload).toEqual({ ...change, replayed: true });
    const { counterpart } = (await read(server, change.entry.id)) ?? {};
    for (const reversal of [change.entry.id, counterpart?.id ?? '']) {
      expect(refusal(await reverse(reversal))).toMatchObject({ code: 'NOT_REVERSIBLE' });
    }
    expect(refusal(await reverse(debit, 'other'))).toMatchObject({ code: 'ALREADY_REVERSED', replayed: false });
    expect(refusal(await reverse(debit, 'other'))).toMatchObject({ code: 'ALREADY_REVERSED', replayed: true });
  });

  it('of a captured hold returns the points, and the hold stays captured', async ({ server }) => {
    const [giver, receiver] = [await server.user(), await server.user()];
    const { add, capture, hold, reverse } = changesBy(server, token);
    await add(giver.id, 10);
    const spent = (await hold(giver.id, 3)).data.change.hold.id;
    const given = (await hold(giver.id, 4)).data.change.hold.id;
    const entries = [await capture(spent), await capture(given, { to: { id: receiver.id } })];
    for (const { data } of entries) expect((await reverse(data.change.entry.id)).errors).toBeUndefined();
    expect(await keptLedger(server, giver.id)).toEqual({ points: 10, deltas: [10, -3, -4, 3, 4] });
    expect(await keptLedger(server, receiver.id)).toEqual({ points: 0, deltas: [4, -4] });
    for (const id of [spent, given]) {
      const { data } = await server.send(token, PointsHoldDocument, { id });
      expect(data.pointsHold.state).toBe('CAPTURED');
    }
  });

  it('is refused with USER_NOT_FOUND where one of the users was deleted', async ({ server }) => {
    const { receiver, debit, credit } = await transferred(server);
    await server.send(token, DeleteUserDocument, { user: { id: receiver.id } });
    for (const leg of [debit, credit]) {
      expect(refusal(await changesBy(server, token).reverse(leg))).toMatchObject({ code: 'USER_NOT_FOUND' });
    }
  });

  it('is denied with points:transfer alone', async ({ server }) => {
    const { debit, giver } = await transferred(server);
    const denied = await changesBy(server, await server.token(['points:transfer', 'points:spend'])).reverse(debit);
    expect(denied.status).toBe(403);
    expect((await keptLedger(server, giver.id)).deltas).toEqual([10, -5]);
  });
});
