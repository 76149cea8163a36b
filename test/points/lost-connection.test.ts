import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect } from 'vitest';
import type { Connection } from '../../src/database/connect.js';
import { createApplyPoints } from '../../src/points/apply-points.js';
import type { ApplyPoints, PointsChange, Written } from '../../src/points/change.js';
import { systemClock } from '../../src/points/clock.js';
import { createLedger } from '../../src/points/ledger.js';
import { AddPointsDocument, ApplyPointsDocument } from '../operations/generated.js';
import { openPool } from '../support/database.js';
import { it } from '../support/fixtures.js';
import { openSession, type Session } from '../support/postgres-session.js';
import type { IssuedToken, TestResponse, TestServer } from '../support/server.js';
import { changesBy } from './changes-by.js';
import { keptHolds } from './holds/kept-holds.js';
import { keptLedger, refusal } from './ledger.js';

let token: IssuedToken;
let holder: Session;
let own: Connection;
it.beforeAll(async ({ server }) => {
  token = await server.token(['points:add', 'points:spend', 'points:transfer']);
  holder = await openSession(server.database);
  own = openPool(server.database.url);
});
afterAll(async () => {
  await own.close();
  await holder.end();
});

/** Locks the account, waits until a statement waits for the lock, and ends that statement's session. */
async function cutInFlight(server: TestServer, userId: string, send: () => Promise<unknown>): Promise<void> {
  await holder.query('begin');
  await holder.query('select 1 from balances where user_id = $1 for update', [userId]);
  await send();
  for (let cut = 0; cut === 0; ) {
    const ended = await server.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where wait_event_type = 'Lock' and query ~ 'change_points|apply_changes' and datname = current_database()`,
    );
    cut = ended.length;
  }
  await holder.query('commit');
}

describe('A connection that is lost during a change of points', () => {
  it('leaves the effect of a change without a key UNKNOWN, and the change is not retried', async ({ server }) => {
    const { id } = await server.user();
    let response: ReturnType<TestServer['send']> | undefined;
    await cutInFlight(server, id, async () => {
      response = server.send(token, AddPointsDocument, { input: { user: { id }, points: 5 } });
    });
    const lost = await response;
    if (lost === undefined) throw new Error('There is no response.');
    expect(lost.status).toBe(200);
    expect(lost.data).toEqual({ change: null });
    expect(refusal(lost)).toEqual({ code: 'UNAVAILABLE', effect: 'UNKNOWN' });
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it('does not prevent a change with a key, which is made once', async ({ server }) => {
    const { id } = await server.user();
    let response: ReturnType<TestServer['send']> | undefined;
    await cutInFlight(server, id, async () => {
      response = server.send(token, AddPointsDocument, { input: { user: { id }, points: 5, idempotencyKey: 'k' } });
    });
    expect((await response)?.data.change).toMatchObject({ points: 5, replayed: false });
    expect(await keptLedger(server, id)).toEqual({ points: 5, deltas: [5] });
  });

  it('is reported for each change of applyPoints', async ({ server }) => {
    const { id } = await server.user();
    const add = (more: object) => ({ add: { user: { id }, points: 5, ...more } });
    let response: ReturnType<TestServer['send']> | undefined;
    await cutInFlight(server, id, async () => {
      const operations = [add({}), add({ idempotencyKey: 'a' }), add({}), add({ idempotencyKey: 'b' })];
      response = server.send(token, ApplyPointsDocument, { input: { operations } });
    });
    const unknown = { payload: null, error: { code: 'UNAVAILABLE', effect: 'UNKNOWN', replayed: false } };
    const done = { payload: { replayed: false }, error: null };
    expect((await response)?.data.applyPoints.results).toMatchObject([unknown, done, unknown, done]);
    expect(await keptLedger(server, id)).toEqual({ points: 10, deltas: [5, 5] });
  });

  it.for(['hold', 'transfer'] as const)(
    'does not prevent a %s with a key, which is made once, and leaves the effect of one without UNKNOWN',
    async (kind, { server }) => {
      const [{ id }, other] = [await server.user(), await server.user()];
      const { add, hold, transfer } = changesBy(server, token);
      await add(id, 10);
      const send = (key: object): Promise<TestResponse> =>
        kind === 'hold' ? hold(id, 1, key) : transfer(id, other.id, 3, key);
      let response: Promise<TestResponse> | undefined;
      await cutInFlight(server, id, async () => {
        response = send({});
      });
      const lost = await response;
      expect(lost && refusal(lost)).toEqual({ code: 'UNAVAILABLE', effect: 'UNKNOWN' });
      await cutInFlight(server, id, async () => {
        response = send({ idempotencyKey: 'k' });
      });
      expect((await response)?.data.change.replayed).toBe(false);
      expect(await keptHolds(server, id)).toBe(kind === 'hold' ? 1 : 0);
      expect((await keptLedger(server, id)).deltas).toEqual(kind === 'hold' ? [10] : [10, -3]);
      expect((await keptLedger(server, other.id)).deltas).toEqual(kind === 'hold' ? [] : [3]);
    },
  );

  it('after the commit and before the response: a retry finds the hold', async ({ server }) => {
    const real = createApplyPoints(own.database);
    const run: ApplyPoints = async (attempts, waitMs) => {
      const results = await real(attempts, waitMs);
      if (losses-- > 0) throw new Error('Connection terminated unexpectedly');
      return results;
    };
    const ledger = createLedger({ run, clock: systemClock, onFailure: () => {}, onWritten: () => {} });
    const { id } = await server.user();
    const common = { user: { id }, reason: null, ownerId: randomUUID(), credential: { kind: 'NONE' } as const };
    let losses = 0;
    await ledger.apply({ ...common, action: { kind: 'ADD', points: 9 }, idempotencyKey: null });
    losses = 2;
    const action = { kind: 'HOLD', points: 5, expiresInSeconds: 60 } as const;
    const held = await ledger.apply({ ...common, action, idempotencyKey: 'k' });
    expect(held.written).toMatchObject({ kind: 'HOLD', hold: { number: 1, points: 5 }, available: 4 });
    losses = 2;
    const released = await ledger.apply({ ...common, action: { kind: 'RELEASE', hold: 1 }, idempotencyKey: 'r' });
    expect(released.written).toMatchObject({ kind: 'HOLD', change: 'RELEASE', available: 9 });
    expect(await keptHolds(server, id)).toBe(0);
  });

  it('after the commit and before the response: a retry finds the entry', async ({ server }) => {
    const real = createApplyPoints(own.database);
    let losses = 3;
    const run: ApplyPoints = async (attempts, waitMs) => {
      const results = await real(attempts, waitMs);
      if (losses-- > 0) throw new Error('Connection terminated unexpectedly');
      return results;
    };
    const written: number[] = [];
    const onWritten = (change: Written) => change.kind === 'ENTRY' && written.push(change.entry.sequence);
    const ledger = createLedger({ run, clock: systemClock, onFailure: () => {}, onWritten });
    const { id } = await server.user();
    const change: PointsChange = {
      user: { id },
      action: { kind: 'ADD', points: 5 },
      reason: null,
      idempotencyKey: 'k',
      ownerId: randomUUID(),
      credential: { kind: 'NONE' },
    };
    expect((await ledger.apply(change)).written).toMatchObject({ entry: { sequence: 1, delta: 5 } });
    expect(written).toEqual([1]);
    losses = 1;
    await expect(ledger.apply({ ...change, idempotencyKey: null })).rejects.toMatchObject({
      extensions: { effect: 'UNKNOWN' },
    });
    expect(await keptLedger(server, id)).toEqual({ points: 10, deltas: [5, 5] });
  });

  it('after the commit: a retry finds the entry, also where the token was revoked by then', async ({ server }) => {
    const real = createApplyPoints(own.database);
    const { id } = await server.user();
    const revoked = await server.token(['points:add']);
    let losses = 1;
    const run: ApplyPoints = async (attempts, waitMs) => {
      const results = await real(attempts, waitMs);
      if (losses-- <= 0) return results;
      await server.database.query('update tokens set revoked_at = now() where id = $1', [revoked.id]);
      throw new Error('Connection terminated unexpectedly');
    };
    const ledger = createLedger({ run, clock: systemClock, onFailure: () => {}, onWritten: () => {} });
    const change: PointsChange = {
      user: { id },
      action: { kind: 'ADD', points: 5 },
      reason: null,
      idempotencyKey: 'k',
      ownerId: revoked.owner.id,
      credential: { kind: 'APP', tokenId: revoked.id, storedTerms: '{points:add}', dayCounter: null },
    };
    expect((await ledger.apply(change)).written).toMatchObject({ entry: { sequence: 1, delta: 5 } });
    await expect(ledger.apply(change)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await keptLedger(server, id)).toEqual({ points: 5, deltas: [5] });
  });
});

describe('A statement that the database rolls back', () => {
  it.for(['40001', '40P01', '23505'])(
    'with %s is retried, also without a key, and its change is made once',
    async (sqlState, { server }) => {
      const { id } = await server.user();
      const real = createApplyPoints(own.database);
      let conflicts = 2;
      const run: ApplyPoints = async (attempts, waitMs) => {
        if (conflicts-- > 0)
          await own.database.execute(`do $$ begin raise exception 'planted' using errcode = '${sqlState}'; end $$`);
        return await real(attempts, waitMs);
      };
      const ledger = createLedger({ run, clock: systemClock, onFailure: () => {}, onWritten: () => {} });
      const common = { user: { id }, reason: null, ownerId: randomUUID(), credential: { kind: 'NONE' } as const };
      await ledger.apply({ ...common, action: { kind: 'ADD', points: 5 }, idempotencyKey: null });
      expect(await keptLedger(server, id)).toEqual({ points: 5, deltas: [5] });
    },
  );

  it('because of one change is retried for the other changes in it', async ({ server }) => {
    const users = await Promise.all(Array.from({ length: 20 }, () => server.user()));
    const ledger = createLedger({
      run: createApplyPoints(own.database),
      clock: systemClock,
      onFailure: () => {},
      onWritten: () => {},
    });
    const common = {
      action: { kind: 'ADD', points: 5 },
      idempotencyKey: null,
      ownerId: randomUUID(),
      credential: { kind: 'NONE' },
    } as const;
    const results = await Promise.allSettled(
      users.map(({ id }, n) => ledger.apply({ ...common, user: { id }, reason: n === 7 ? 'x'.repeat(501) : null })),
    );
    expect(results.map(({ status }) => status)).toEqual(users.map((_, n) => (n === 7 ? 'rejected' : 'fulfilled')));
    for (const [n, { id }] of users.entries()) expect((await keptLedger(server, id)).points).toBe(n === 7 ? 0 : 5);
  });
});
