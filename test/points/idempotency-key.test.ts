import { describe, expect } from 'vitest';
import { MAX_POINTS } from '../../src/points/limits.js';
import {
  AddPointsDocument,
  DeleteUserDocument,
  ReversePointsDocument,
  SpendPointsDocument,
  UpdateUserDocument,
  type UserBy,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { keptLedger, refusal } from './ledger.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const add = (
  server: TestServer,
  user: UserBy,
  points: number,
  idempotencyKey: string,
  more: { reason?: string } = {},
) => server.send(token, AddPointsDocument, { input: { user, points, idempotencyKey, ...more } });
const spend = (
  server: TestServer,
  user: UserBy,
  points: number,
  idempotencyKey: string,
  more: { reason?: string } = {},
) => server.send(token, SpendPointsDocument, { input: { user, points, idempotencyKey, ...more } });

describe('An idempotency key', () => {
  it('returns the first result again, also after other changes', async ({ server }) => {
    const { id, username } = await server.user();
    const first = await add(server, { id }, 5, 'once', { reason: 'the first' });
    await add(server, { id }, 100, 'in between');
    const again = await add(server, { username }, 5, 'once', { reason: 'another reason is no other change' });
    expect(again.data.change).toEqual({ ...first.data.change, replayed: true });
    expect(first.data.change.replayed).toBe(false);
    expect(await keptLedger(server, id)).toEqual({ points: 105, deltas: [5, 100] });
  });

  it('makes one entry of a hundred concurrent requests, and returns it to all of them', async ({ server }) => {
    const { id, username } = await server.user();
    const responses = await Promise.all(
      Array.from({ length: 100 }, (_, n) => add(server, n % 2 === 0 ? { id } : { username }, 5, 'once')),
    );
    const changes = responses.map(({ data }) => data.change);
    expect(changes.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(changes.map((change) => JSON.stringify({ ...change, replayed: true })))).toHaveLength(1);
    expect(await keptLedger(server, id)).toEqual({ points: 5, deltas: [5] });
  });

  it('returns the refusal INSUFFICIENT_POINTS again, also when the user has enough points by then', async ({
    server,
  }) => {
    const { id } = await server.user();
    await add(server, { id }, 3, 'a');
    const first = refusal(await spend(server, { id }, 5, 'spend'));
    await add(server, { id }, 100, 'b');
    const again = refusal(await spend(server, { id }, 5, 'spend'));
    expect(first).toMatchObject({ code: 'INSUFFICIENT_POINTS', available: 3, needed: 5, replayed: false });
    expect(again).toEqual({ ...first, replayed: true });
    expect((await spend(server, { id }, 5, 'another key')).data.change.points).toBe(98);
  });

  it('returns the refusal BALANCE_LIMIT again, also when the balance is lower by then', async ({ server }) => {
    const { id } = await server.user();
    await add(server, { id }, MAX_POINTS, 'a');
    expect(refusal(await add(server, { id }, 1, 'b'))).toMatchObject({ code: 'BALANCE_LIMIT', replayed: false });
    await spend(server, { id }, 10, 'c');
    expect(refusal(await add(server, { id }, 1, 'b'))).toEqual({
      code: 'BALANCE_LIMIT',
      effect: 'NONE',
      replayed: true,
    });
  });

  it('makes one refusal of a hundred concurrent requests', async ({ server }) => {
    const { id } = await server.user();
    const responses = await Promise.all(Array.from({ length: 100 }, () => spend(server, { id }, 5, 'once')));
    const refused = responses.map(refusal);
    expect(refused.filter((extensions) => extensions?.['replayed'] === false)).toHaveLength(1);
    expect(new Set(refused.map((extensions) => JSON.stringify({ ...extensions, replayed: true })))).toHaveLength(1);
    expect(await server.database.query('select 1 from refusals where user_id = $1', [id])).toHaveLength(1);
  });

  it('is not used up by bad input, nor by an unknown user', async ({ server }) => {
    expect(refusal(await add(server, { username: 'late' }, 5, 'k'))).toMatchObject({ code: 'USER_NOT_FOUND' });
    const { id } = await server.user({ username: 'late' });
    expect(refusal(await add(server, { id }, 0, 'k'))).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((await add(server, { username: 'late' }, 5, 'k')).data.change).toMatchObject({ points: 5, replayed: false });
  });

  it('names one change: another kind, amount or entry is refused with IDEMPOTENCY_KEY_REUSED', async ({ server }) => {
    const { id } = await server.user();
    const { data } = await add(server, { id }, 5, 'added');
    await spend(server, { id }, 100, 'refused');
    const reused = { code: 'IDEMPOTENCY_KEY_REUSED', effect: 'NONE', replayed: false };
    const reverse = (entryId: string, idempotencyKey: string) =>
      server.send(token, ReversePointsDocument, { input: { entryId, idempotencyKey } });
    expect(refusal(await add(server, { id }, 6, 'added'))).toEqual(reused);
    expect(refusal(await spend(server, { id }, 5, 'added'))).toEqual(reused);
    expect(refusal(await reverse(data.change.entry.id, 'added'))).toEqual(reused);
    expect(refusal(await spend(server, { id }, 1, 'refused'))).toEqual(reused);
    expect(refusal(await add(server, { id }, 100, 'refused'))).toEqual(reused);
    expect(await keptLedger(server, id)).toEqual({ points: 5, deltas: [5] });
    await add(server, { id }, 5, 'other');
    expect((await reverse(`${id}.1`, 'reversed')).data.change.replayed).toBe(false);
    expect(refusal(await reverse(`${id}.2`, 'reversed'))).toEqual(reused);
    expect((await reverse(`${id}.1`, 'reversed')).data.change.replayed).toBe(true);
  });

  it('is compared character by character', async ({ server }) => {
    const { id } = await server.user();
    const keys = ['key', 'Key', 'key ', ' key', 'kéy', 'ke\u0301y', '0', '00', 'key\n'];
    for (const key of keys) expect((await add(server, { id }, 1, key)).data.change.replayed).toBe(false);
    for (const key of keys) expect((await add(server, { id }, 1, key)).data.change.replayed).toBe(true);
    expect((await keptLedger(server, id)).points).toBe(keys.length);
  });

  it('names one change for each user', async ({ server }) => {
    const [one, other] = [await server.user(), await server.user()];
    await add(server, { id: one.id }, 5, 'k');
    expect((await add(server, { id: other.id }, 7, 'k')).data.change).toMatchObject({ points: 7, replayed: false });
  });

  it('is shared by all credentials of one owner, and by no others', async ({ server }) => {
    const [user, owner] = [await server.user(), await server.user()];
    const [first, second] = [await server.token(['points:spend'], owner), await server.token(['points:spend'], owner)];
    const session = await server.session(user);
    await add(server, { id: user.id }, 50, 'k');
    const input = { user: { id: user.id }, points: 5, idempotencyKey: 'k' };
    expect((await server.send(first, SpendPointsDocument, { input })).data.change).toMatchObject({
      points: 45,
      replayed: false,
    });
    expect((await server.send(second, SpendPointsDocument, { input })).data.change).toMatchObject({
      points: 45,
      replayed: true,
    });
    expect((await server.send(session, SpendPointsDocument, { input })).data.change).toMatchObject({
      points: 40,
      replayed: false,
    });
    const own = await server.token(['points:spend'], user);
    expect((await server.send(own, SpendPointsDocument, { input })).data.change).toMatchObject({
      points: 40,
      replayed: true,
    });
  });

  it('returns message, points and entry again after the user was renamed, and the user as they are now', async ({
    server,
  }) => {
    const { id } = await server.user({ username: 'first-name' });
    const first = await add(server, { id }, 5, 'under the first name');
    await server.send(token, UpdateUserDocument, { input: { user: { id }, username: 'second-name' } });
    const second = await add(server, { id }, 5, 'under the second name');
    await server.send(token, UpdateUserDocument, { input: { user: { id }, username: 'nothing-done-under-this' } });
    await server.send(token, UpdateUserDocument, { input: { user: { id }, username: 'third-name' } });
    const user = { id, username: 'third-name', deletedAt: null };
    for (const [key, before] of [
      ['under the first name', first],
      ['under the second name', second],
    ] as const) {
      expect((await add(server, { username: 'third-name' }, 5, key)).data.change).toEqual({
        ...before.data.change,
        replayed: true,
        user,
      });
    }
    expect(second.data.change.message).toBe('Successfully added 5 points to second-name');
  });

  it('returns the first result again after the user was deleted, and no key makes another change', async ({
    server,
  }) => {
    const { id } = await server.user();
    const first = await add(server, { id }, 5, 'k');
    await server.send(token, DeleteUserDocument, { user: { id } });
    const again = (await add(server, { id }, 5, 'k')).data.change;
    expect(again).toMatchObject({ replayed: true, points: 5, user: { username: `deleted-${id}` } });
    expect(again.entry).toEqual(first.data.change.entry);
    expect(again.user.deletedAt).not.toBeNull();
    expect(refusal(await add(server, { id }, 5, 'new'))).toMatchObject({ code: 'USER_NOT_FOUND' });
    expect(refusal(await add(server, { id }, 6, 'k'))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });
});
