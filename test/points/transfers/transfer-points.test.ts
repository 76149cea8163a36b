import { describe, expect } from 'vitest';
import { MAX_POINTS } from '../../../src/points/limits.js';
import {
  DeleteUserDocument,
  EntryOfHoldOrTransferDocument,
  PointsEntryNotesDocument,
  TransferPointsDocument,
} from '../../operations/generated.js';
import { it } from '../../support/fixtures.js';
import type { IssuedToken, TestServer } from '../../support/server.js';
import { changesBy } from '../changes-by.js';
import { keptLedger, refusal } from '../ledger.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

/** A user with 10 points, and one without. */
async function twoUsers(server: TestServer) {
  const [giver, receiver] = [await server.user(), await server.user()];
  await changesBy(server, token).add(giver.id, 10);
  return { giver, receiver };
}

const noteOf = async (server: TestServer, id: string) =>
  (await server.send(token, PointsEntryNotesDocument, { id })).data.pointsEntry;

describe('Mutation.transferPoints', () => {
  it('moves points, with an entry for each of the users that names the other', async ({ server }) => {
    const { giver, receiver } = await twoUsers(server);
    const { data } = await changesBy(server, token).transfer({ username: giver.username }, receiver.id, 4, {
      ...{ reason: 'lunch', reference: 'bill-1', metadata: [{ key: 'table', value: '5' }] },
    });
    const notes = { reason: 'lunch', reference: 'bill-1' };
    expect(data.change).toEqual({
      message: `Successfully transferred 4 points from ${giver.username} to ${receiver.username}`,
      points: 6,
      replayed: false,
      debit: {
        ...{ id: `${giver.id}.2`, kind: 'TRANSFER_OUT', delta: -4, balanceAfter: 6, sequence: 2 },
        ...{ ...notes, user: { id: giver.id } },
      },
      credit: {
        ...{ id: `${receiver.id}.1`, kind: 'TRANSFER_IN', delta: 4, balanceAfter: 4, sequence: 1 },
        ...{ ...notes, user: { id: receiver.id } },
      },
    });
    for (const [own, other] of [
      [data.change.debit, data.change.credit],
      [data.change.credit, data.change.debit],
    ] as const) {
      const entry = await server.send(token, EntryOfHoldOrTransferDocument, { id: own.id });
      expect(entry.data.pointsEntry).toMatchObject({
        ...{ kind: own.kind, delta: own.delta, hold: null },
        counterpart: { id: other.id, kind: other.kind, delta: other.delta, reverses: null },
        counterpartUser: { id: other.user.id },
      });
      expect(await noteOf(server, own.id)).toMatchObject({ metadata: [{ key: 'table', value: '5' }] });
    }
    const [debit, credit] = [await noteOf(server, `${giver.id}.2`), await noteOf(server, `${receiver.id}.1`)];
    expect(credit).toEqual(debit);
    expect(await keptLedger(server, giver.id)).toEqual({ points: 6, deltas: [10, -4] });
    expect(await keptLedger(server, receiver.id)).toEqual({ points: 4, deltas: [4] });
  });

  it('refuses more points than the giver has available, and moves none', async ({ server }) => {
    const { giver, receiver } = await twoUsers(server);
    const { hold, transfer } = changesBy(server, token);
    await hold(giver.id, 3);
    expect(refusal(await transfer(giver.id, receiver.id, 8))).toEqual({
      ...{ code: 'INSUFFICIENT_POINTS', available: 7, needed: 8, held: 3, effect: 'NONE', replayed: false },
    });
    expect((await transfer(giver.id, receiver.id, 7)).data.change).toMatchObject({
      message: expect.stringContaining('7 points'),
      points: 3,
    });
    expect((await keptLedger(server, receiver.id)).deltas).toEqual([7]);
  });

  it('is refused with BALANCE_LIMIT where the receiver would have too many points', async ({ server }) => {
    const { giver, receiver } = await twoUsers(server);
    const { add, transfer } = changesBy(server, token);
    await add(receiver.id, MAX_POINTS);
    const refused = { code: 'BALANCE_LIMIT', effect: 'NONE' };
    expect(refusal(await transfer(giver.id, receiver.id, 1, { idempotencyKey: 'k' }))).toEqual({
      ...refused,
      replayed: false,
    });
    await changesBy(server, token).spend(receiver.id, 5);
    expect(refusal(await transfer(giver.id, receiver.id, 1, { idempotencyKey: 'k' }))).toEqual({
      ...refused,
      replayed: true,
    });
    expect((await keptLedger(server, giver.id)).points).toBe(10);
  });

  it('is refused to the same user, however they are named', async ({ server }) => {
    const { giver } = await twoUsers(server);
    const { transfer } = changesBy(server, token);
    for (const to of [{ id: giver.id }, { username: giver.username.toUpperCase() }]) {
      expect(refusal(await transfer(giver.id, to, 1))).toEqual({
        ...{ code: 'BAD_USER_INPUT', field: 'input.to', effect: 'NONE' },
      });
    }
    expect((await keptLedger(server, giver.id)).deltas).toEqual([10]);
  });

  it('is refused with USER_NOT_FOUND where a user is unknown or deleted', async ({ server }) => {
    const { giver, receiver } = await twoUsers(server);
    const gone = await server.user();
    const { add, transfer } = changesBy(server, token);
    await add(gone.id, 10);
    await server.send(token, DeleteUserDocument, { user: { id: gone.id } });
    const unknown = { external: { issuer: 'twitch', id: 'unknown' } };
    for (const other of [{ id: gone.id }, { username: gone.username }, { username: 'nobody' }, unknown]) {
      for (const response of [await transfer(giver.id, other, 1), await transfer(other, receiver.id, 1)]) {
        expect(refusal(response)).toEqual({ code: 'USER_NOT_FOUND', effect: 'NONE', replayed: false });
      }
    }
    expect((await keptLedger(server, giver.id)).deltas).toEqual([10]);
    expect((await keptLedger(server, receiver.id)).deltas).toEqual([]);
  });

  it('takes users by an id in another system', async ({ server }) => {
    const { giver } = await twoUsers(server);
    const external = { issuer: 'twitch', id: 'of a receiver' };
    const receiver = await server.user({ externalIds: [external] });
    const { data } = await changesBy(server, token).transfer(giver.id, { external }, 1);
    expect(data.change).toMatchObject({ points: 9, credit: { user: { id: receiver.id } } });
  });

  it('keeps the sum of the points where users give to each other at once', async ({ server }) => {
    const users = await Promise.all(Array.from({ length: 5 }, () => server.user()));
    const { add, transfer } = changesBy(server, token);
    for (const { id } of users) await add(id, 20);
    const ids = users.map(({ id }) => id);
    const responses = await Promise.all(
      Array.from({ length: 200 }, (_, n) => {
        const from = ids[n % 5] ?? '';
        return transfer(from, ids[(n + 1 + (n % 4)) % 5] ?? '', 1 + (n % 7));
      }),
    );
    const codes = new Set(responses.map((response) => refusal(response)?.['code']));
    expect([...codes].filter((code) => code !== undefined && code !== 'INSUFFICIENT_POINTS')).toEqual([]);
    const ledgers = await Promise.all(ids.map((id) => keptLedger(server, id)));
    expect(ledgers.reduce((sum, { points }) => sum + points, 0)).toBe(100);
    expect(Math.min(...ledgers.map(({ points }) => points))).toBeGreaterThanOrEqual(0);
  });

  it('is denied without a credential, without the scope, after the token was revoked, and to the users', async ({
    server,
  }) => {
    const { giver, receiver } = await twoUsers(server);
    const gone = await server.token(['points:transfer']);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [gone.id]);
    const others = await server.token(['points:add', 'points:spend', 'points:reverse', 'points:read']);
    expect((await changesBy(server, undefined).transfer(giver.id, receiver.id, 1)).status).toBe(401);
    expect((await changesBy(server, gone).transfer(giver.id, receiver.id, 1)).status).toBe(401);
    for (const by of [others, await server.session(giver), await server.session(receiver)]) {
      const denied = await changesBy(server, by).transfer(giver.id, receiver.id, 1);
      expect(denied.status).toBe(403);
      expect(refusal(denied)).toMatchObject({
        ...{ coordinate: 'Mutation.transferPoints', missingScopes: ['POINTS_TRANSFER'] },
      });
    }
    expect((await keptLedger(server, giver.id)).deltas).toEqual([10]);
  });

  it('is allowed with points:transfer alone, which sees both entries', async ({ server }) => {
    const { giver, receiver } = await twoUsers(server);
    const narrow = await server.token(['points:transfer']);
    const move = `mutation ($from: ID!, $to: ID!) {
      transferPoints(input: { from: { id: $from }, to: { id: $to }, points: 1 }) { debit { delta } credit { delta } }
    }`;
    const { data } = await server.send(narrow, move, { from: giver.id, to: receiver.id });
    expect(data).toEqual({ transferPoints: { debit: { delta: -1 }, credit: { delta: 1 } } });
  });

  it('refuses bad input, and moves nothing', async ({ server }) => {
    const { giver, receiver } = await twoUsers(server);
    const { transfer } = changesBy(server, token);
    for (const [field, more] of [
      ['input.points', { points: 0 }],
      ['input.reason', { reason: 'r'.repeat(501) }],
      ['input.reference', { reference: 'r'.repeat(101) }],
      ['input.metadata.0.key', { metadata: [{ key: '', value: '' }] }],
      ['input.idempotencyKey', { idempotencyKey: '' }],
    ] as const) {
      expect(refusal(await transfer(giver.id, receiver.id, 1, more as object))).toMatchObject({
        ...{ code: 'BAD_USER_INPUT', field, effect: 'NONE' },
      });
    }
    for (const more of [{ points: -1 }, { points: 0.5 }, { points: 2 ** 53 }, { to: {} }]) {
      const input = { from: { id: giver.id }, to: { id: receiver.id }, points: 1, ...(more as object) };
      expect((await server.send(token, TransferPointsDocument, { input })).status).toBe(400);
    }
    expect((await keptLedger(server, giver.id)).deltas).toEqual([10]);
  });
});
