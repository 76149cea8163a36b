import { describe, expect } from 'vitest';
import { MAX_POINTS } from '../../src/points/limits.js';
import {
  AddPointsDocument,
  DeleteUserDocument,
  ReversePointsDocument,
  SpendPointsDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { keptLedger, refusal } from './ledger.js';

let all: IssuedToken;
let reverser: IssuedToken;
it.beforeAll(async ({ server }) => {
  all = await server.everything();
  reverser = await server.token(['points:reverse']);
});

const reverse = (server: TestServer, entryId: string, more: { reason?: string; idempotencyKey?: string } = {}) =>
  server.send(reverser, ReversePointsDocument, { input: { entryId, ...more } });
type Change = typeof AddPointsDocument | typeof SpendPointsDocument;
const change = async (server: TestServer, document: Change, id: string, points: number) =>
  (await server.send(all, document, { input: { user: { id }, points } })).data.change.entry.id;

describe('Mutation.reversePoints', () => {
  it('reverses an addition and a spending, and names the entry that it reverses', async ({ server }) => {
    const { id, username } = await server.user();
    const [added, spent] = [
      await change(server, AddPointsDocument, id, 9),
      await change(server, SpendPointsDocument, id, 5),
    ];
    const { data } = await reverse(server, spent, { reason: 'a mistake' });
    expect(data.change).toMatchObject({
      message: `Successfully reversed 5 points of ${username}`,
      points: 9,
      replayed: false,
      user: { id },
      entry: { kind: 'REVERSAL', delta: 5, sequence: 3, reason: 'a mistake', reverses: { id: spent, sequence: 2 } },
    });
    expect((await reverse(server, added)).data.change).toMatchObject({ points: 0, entry: { delta: -9 } });
    expect(await keptLedger(server, id)).toEqual({ points: 0, deltas: [9, -5, 5, -9] });
  });

  it('reverses an entry once, also for fifty concurrent requests', async ({ server }) => {
    const { id } = await server.user();
    const added = await change(server, AddPointsDocument, id, 9);
    await change(server, AddPointsDocument, id, 1_000);
    const responses = await Promise.all(Array.from({ length: 50 }, () => reverse(server, added)));
    expect(responses.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    for (const extensions of responses.map(refusal).filter((refused) => refused !== undefined)) {
      expect(extensions).toEqual({ code: 'ALREADY_REVERSED', effect: 'NONE', replayed: false });
    }
    expect((await keptLedger(server, id)).points).toBe(1_000);
  });

  it('is refused where the user has spent the points', async ({ server }) => {
    const { id } = await server.user();
    const added = await change(server, AddPointsDocument, id, 9);
    await change(server, SpendPointsDocument, id, 1);
    expect(refusal(await reverse(server, added))).toMatchObject({
      code: 'INSUFFICIENT_POINTS',
      available: 8,
      needed: 9,
    });
    expect((await keptLedger(server, id)).points).toBe(8);
  });

  it('is refused where the balance would exceed its limit', async ({ server }) => {
    const { id } = await server.user();
    await change(server, AddPointsDocument, id, 9);
    const spent = await change(server, SpendPointsDocument, id, 9);
    await change(server, AddPointsDocument, id, MAX_POINTS);
    expect(refusal(await reverse(server, spent))).toMatchObject({ code: 'BALANCE_LIMIT' });
  });

  it('does not reverse a reversal', async ({ server }) => {
    const { id } = await server.user();
    const reversal = (await reverse(server, await change(server, AddPointsDocument, id, 9))).data.change.entry.id;
    expect(refusal(await reverse(server, reversal))).toEqual({
      code: 'NOT_REVERSIBLE',
      effect: 'NONE',
      replayed: false,
    });
  });

  it('returns the result under its key again, also the refusal ALREADY_REVERSED', async ({ server }) => {
    const { id } = await server.user();
    const added = await change(server, AddPointsDocument, id, 9);
    const first = (await reverse(server, added, { idempotencyKey: 'a' })).data.change;
    expect((await reverse(server, added, { idempotencyKey: 'a', reason: 'more' })).data.change).toEqual({
      ...first,
      replayed: true,
    });
    expect(refusal(await reverse(server, added, { idempotencyKey: 'b' }))).toMatchObject({
      code: 'ALREADY_REVERSED',
      replayed: false,
    });
    expect(refusal(await reverse(server, added, { idempotencyKey: 'b' }))).toMatchObject({
      code: 'ALREADY_REVERSED',
      replayed: true,
    });
  });

  it('is refused with ENTRY_NOT_FOUND for an id that no entry has', async ({ server }) => {
    const { id } = await server.user();
    await change(server, AddPointsDocument, id, 9);
    const unknownUser = '0193a0a0-0000-7000-8000-000000000000';
    for (const entryId of [
      '',
      'x',
      id,
      `${id}.`,
      `${id}.0`,
      `${id}.2`,
      `${id}.01`,
      `${id}.99999999999`,
      `${unknownUser}.1`,
      '\0',
    ]) {
      expect(refusal(await reverse(server, entryId))).toEqual({
        code: 'ENTRY_NOT_FOUND',
        effect: 'NONE',
        replayed: false,
      });
    }
    expect((await keptLedger(server, id)).deltas).toEqual([9]);
  });

  it('does not change the ledger of a deleted user', async ({ server }) => {
    const { id } = await server.user();
    const added = await change(server, AddPointsDocument, id, 9);
    await server.send(all, DeleteUserDocument, { user: { id } });
    expect(refusal(await reverse(server, added))).toMatchObject({ code: 'USER_NOT_FOUND', effect: 'NONE' });
    expect((await keptLedger(server, id)).deltas).toEqual([9]);
  });

  it('is denied without a credential, without the scope, after the token was revoked, and to the user', async ({
    server,
  }) => {
    const user = await server.user();
    const input = { entryId: await change(server, AddPointsDocument, user.id, 9) };
    const gone = await server.token(['points:reverse']);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [gone.id]);
    expect((await server.send(undefined, ReversePointsDocument, { input })).status).toBe(401);
    expect((await server.send(gone, ReversePointsDocument, { input })).status).toBe(401);
    expect(
      (await server.send(await server.token(['points:add', 'points:spend']), ReversePointsDocument, { input })).status,
    ).toBe(403);
    expect((await server.send(await server.session(user), ReversePointsDocument, { input })).status).toBe(403);
    expect((await keptLedger(server, user.id)).deltas).toEqual([9]);
  });

  it('refuses bad input, and changes nothing', async ({ server }) => {
    const { id } = await server.user();
    const entryId = await change(server, AddPointsDocument, id, 9);
    for (const more of [{ reason: 'r'.repeat(501) }, { idempotencyKey: '' }, { idempotencyKey: '\0' }]) {
      expect(refusal(await reverse(server, entryId, more))).toMatchObject({ code: 'BAD_USER_INPUT', effect: 'NONE' });
    }
    expect((await keptLedger(server, id)).deltas).toEqual([9]);
  });
});
