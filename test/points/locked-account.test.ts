import { afterAll, describe, expect, vi } from 'vitest';
import { AddPointsDocument, ApplyPointsDocument, type UserBy } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { openSession, type Session } from '../support/postgres-session.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { changesBy } from './changes-by.js';
import { keptLedger } from './ledger.js';

let token: IssuedToken;
let holder: Session;
it.beforeAll(async ({ server }) => {
  token = await server.token(['points:add', 'points:spend', 'points:transfer']);
  holder = await openSession(server.database);
});
afterAll(async () => {
  await holder.end();
});

const add = (server: TestServer, user: UserBy, points = 1) =>
  server.send(token, AddPointsDocument, { input: { user, points } });
const users = (server: TestServer, count: number) => Promise.all(Array.from({ length: count }, () => server.user()));

/** Keeps the accounts locked while `work` goes on. */
async function whileLocked(ids: readonly string[], work: () => Promise<void>): Promise<void> {
  await holder.query('begin');
  await holder.query('select 1 from balances where user_id = any($1::uuid[]) order by user_id for update', [ids]);
  try {
    await work();
  } finally {
    await holder.query('commit');
  }
}

describe('An account that another session of the database has locked', () => {
  it('delays its own changes alone, which are made after the lock is released', async ({ server }) => {
    const [locked, ...others] = await users(server, 21);
    if (locked === undefined) throw new Error('There is no user.');
    let waiting: Promise<unknown>[] = [];
    await whileLocked([locked.id], async () => {
      waiting = Array.from({ length: 60 }, (_, n) =>
        add(server, n % 2 === 0 ? { id: locked.id } : { username: locked.username }),
      );
      const served = await Promise.all(
        others.flatMap(({ id }) => [add(server, { id }), add(server, { id }), add(server, { id })]),
      );
      expect(served.every(({ errors }) => errors === undefined)).toBe(true);
    });
    await Promise.all(waiting);
    expect((await keptLedger(server, locked.id)).points).toBe(60);
  });

  it('is changed once it is released, while many others stay locked', async ({ server }) => {
    const [freed, ...locked] = await users(server, 9);
    if (freed === undefined) throw new Error('There is no user.');
    const ids = locked.map(({ id }) => id);
    const other = await openSession(server.database);
    await other.query('begin');
    await other.query('select 1 from balances where user_id = $1 for update', [freed.id]);
    let waiting: Promise<unknown>[] = [];
    await whileLocked(ids, async () => {
      waiting = ids.map((id) => add(server, { id }));
      const held = add(server, { id: freed.id });
      await other.query('commit');
      expect((await held).data.change.points).toBe(1);
    });
    await Promise.all(waiting);
    for (const id of ids) expect((await keptLedger(server, id)).points).toBe(1);
    await other.end();
  });

  it('does not delay the other changes of an applyPoints, wherever they stand in the list', async ({ server }) => {
    const [locked, free] = await users(server, 2);
    if (locked === undefined || free === undefined) throw new Error('There is no user.');
    const ofLocked = Array.from({ length: 150 }, (_, n) => ({ add: { user: { id: locked.id }, points: n + 1 } }));
    const ofFree = Array.from({ length: 300 }, () => ({ add: { user: { id: free.id }, points: 1 } }));
    let many: ReturnType<TestServer['send']> | undefined;
    await whileLocked([locked.id], async () => {
      many = server.send(token, ApplyPointsDocument, { input: { operations: [...ofLocked, ...ofFree] } });
      await vi.waitFor(async () => expect((await keptLedger(server, free.id)).points).toBe(300), 10_000);
    });
    const { data } = (await many) ?? {};
    expect(data.applyPoints.results.every(({ error }: { error: unknown }) => error === null)).toBe(true);
    expect((await keptLedger(server, locked.id)).deltas).toEqual(ofLocked.map((_, n) => n + 1));
  });

  it('delays a transfer to its user, and not the other changes of the giver', async ({ server }) => {
    const [giver, receiver, third] = await users(server, 3);
    if (giver === undefined || receiver === undefined || third === undefined) throw new Error('There is no user.');
    const { hold, spend, transfer } = changesBy(server, token);
    await add(server, { id: giver.id }, 10);
    await add(server, { id: third.id }, 1);
    let moved: ReturnType<typeof transfer> | undefined;
    await whileLocked([receiver.id], async () => {
      moved = transfer(giver.id, receiver.id, 2);
      const others = [
        spend(giver.id, 1),
        hold(giver.id, 1),
        transfer(giver.id, third.id, 1),
        transfer(third.id, giver.id, 1),
      ];
      for (const { errors } of await Promise.all(others)) expect(errors).toBeUndefined();
      expect((await keptLedger(server, receiver.id)).deltas).toEqual([]);
    });
    expect((await moved)?.data.change.credit.balanceAfter).toBe(2);
    expect((await keptLedger(server, giver.id)).points).toBe(7);
  });

  it('delays its own transfers, and not those of others to the same users', async ({ server }) => {
    const [locked, giver, ...receivers] = await users(server, 12);
    if (locked === undefined || giver === undefined) throw new Error('There is no user.');
    const { transfer } = changesBy(server, token);
    for (const { id } of [locked, giver]) await add(server, { id }, 20);
    let waiting: ReturnType<typeof transfer>[] = [];
    await whileLocked([locked.id], async () => {
      waiting = receivers.map(({ id }) => transfer(locked.id, id, 1));
      const others = receivers.map(({ id }) => transfer(giver.id, id, 1));
      for (const { errors } of await Promise.all(others)) expect(errors).toBeUndefined();
    });
    for (const { errors } of await Promise.all(waiting)) expect(errors).toBeUndefined();
    for (const { id } of receivers) expect((await keptLedger(server, id)).points).toBe(2);
  });
});
