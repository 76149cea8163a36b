import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { SentOperation } from '../../support/postgres-session.js';
import type { TestServer } from '../../support/server.js';
import { keptLedger } from '../ledger.js';
import { add, overtake, type Probe, type Stage, spend } from './probes.js';

const hold = (userId: string, points: number, expiresInSeconds = 3_600): SentOperation => ({
  ...add(userId, points),
  kind: 'HOLD',
  expiresInSeconds,
});

const capture = (userId: string, number: number, points?: number): SentOperation => ({
  kind: 'CAPTURE',
  userId,
  hold: number,
  ...(points !== undefined && { points }),
  ownerId: userId,
  idempotencyKey: randomUUID(),
});

const release = (userId: string, number: number): SentOperation => ({ ...capture(userId, number), kind: 'RELEASE' });

/** A user with 100 points, of which some are held. */
async function userWithHold({ server, sessions: [session] }: Stage, points: number): Promise<string> {
  const { id } = await server.user();
  await session.apply([add(id, 100), hold(id, points)], 0);
  return id;
}

/** What the balance says is held, and the states of the holds. */
async function keptHolds({ database }: TestServer, userId: string) {
  const [row] = await database.query(
    `select b.held::float8, array_agg(h.state order by h.number) as states
       from balances b join holds h using (user_id) where b.user_id = $1 group by b.held`,
    [userId],
  );
  return row;
}

/** Sets when the only hold of a user expires, by the clock of the database. */
const SET_EXPIRY = `
  with moved as (update holds set expires_at = clock_timestamp() + $2 * interval '1 second' where user_id = $1 returning expires_at)
  update balances set holds_until = (select expires_at from moved) where user_id = $1`;

/** Applies a change that waits for the lock of a user, whose hold expires meanwhile. */
async function applyAcrossExpiry({ sessions: [holder, waiter] }: Stage, userId: string, change: SentOperation) {
  await holder.query('begin');
  await holder.query('select from balances where user_id = $1 for update', [userId]);
  const waiting = waiter.apply([change], 5_000);
  await Promise.race([waiter.untilItWaits(), waiting]);
  await holder.query(SET_EXPIRY, [userId, 0]);
  await holder.query('commit');
  return await waiting;
}

export const HOLD_PROBES: readonly Probe[] = [
  {
    rule: 'points whose hold expires while the lock is waited for can be spent',
    run: async (stage) => {
      const id = await userWithHold(stage, 100);
      expect(await applyAcrossExpiry(stage, id, spend(id, 100))).toMatchObject([{ outcome: 'APPLIED' }]);
      expect(await keptHolds(stage.server, id)).toEqual({ held: 0, states: ['EXPIRED'] });
    },
  },
  {
    rule: 'a hold that expires while the lock is waited for is neither captured nor released',
    run: async (stage) => {
      for (const end of [capture, release]) {
        const id = await userWithHold(stage, 60);
        expect(await applyAcrossExpiry(stage, id, end(id, 1))).toMatchObject([
          { outcome: 'HOLD_ENDED', state: 'EXPIRED' },
        ]);
        expect((await keptLedger(stage.server, id)).deltas).toEqual([100]);
      }
    },
  },
  {
    rule: 'a hold stands until its end by the clock of the database',
    run: async (stage) => {
      const [session] = stage.sessions;
      const id = await userWithHold(stage, 60);
      await session.query(SET_EXPIRY, [id, 30]);
      expect(await session.apply([spend(id, 41)], 0)).toMatchObject([
        { outcome: 'INSUFFICIENT_POINTS', available: 40 },
      ]);
      expect(await session.apply([capture(id, 1)], 0)).toMatchObject([{ outcome: 'APPLIED' }]);
    },
  },
  {
    rule: 'what is held cannot be spent, and a refusal tells how much that is',
    run: async (stage) => {
      const [session] = stage.sessions;
      const id = await userWithHold(stage, 60);
      const refused = { outcome: 'INSUFFICIENT_POINTS', available: 40, needed: 41, held: 60 };
      expect(await session.apply([spend(id, 41)], 0)).toMatchObject([refused]);
      expect(await session.apply([hold(id, 41)], 0)).toMatchObject([refused]);
      expect(await session.apply([spend(id, 40)], 0)).toMatchObject([{ outcome: 'APPLIED' }]);
    },
  },
  {
    rule: 'a capture frees all that was held',
    run: async (stage) => {
      const [session] = stage.sessions;
      const id = await userWithHold(stage, 60);
      expect(await session.apply([capture(id, 1, 20)], 0)).toMatchObject([{ outcome: 'APPLIED' }]);
      expect(await keptHolds(stage.server, id)).toEqual({ held: 0, states: ['CAPTURED'] });
      expect(await session.apply([spend(id, 80)], 0)).toMatchObject([{ outcome: 'APPLIED' }]);
    },
  },
  {
    rule: 'a capture that is refused leaves the hold as it is',
    run: async (stage) => {
      const [session] = stage.sessions;
      const id = await userWithHold(stage, 60);
      const refused = { outcome: 'INSUFFICIENT_POINTS', available: 100, needed: 101, held: 60 };
      expect(await session.apply([capture(id, 1, 101)], 0)).toMatchObject([refused]);
      expect(await keptHolds(stage.server, id)).toEqual({ held: 60, states: ['HELD'] });
      expect(await session.apply([spend(id, 41)], 0)).toMatchObject([{ outcome: 'INSUFFICIENT_POINTS' }]);
      expect(await session.apply([capture(id, 1, 100)], 0)).toMatchObject([{ outcome: 'APPLIED' }]);
    },
  },
  {
    rule: 'a hold ends once, also where a change waits for the lock',
    run: async (stage) => {
      for (const [first, second, state] of [
        [capture, release, 'CAPTURED'],
        [release, capture, 'RELEASED'],
        [capture, capture, 'CAPTURED'],
      ] as const) {
        const id = await userWithHold(stage, 30);
        const outcomes = await overtake(stage, first(id, 1), second(id, 1));
        expect(outcomes).toMatchObject([{ outcome: 'APPLIED' }, { outcome: 'HOLD_ENDED', state }]);
        expect(await keptHolds(stage.server, id)).toEqual({ held: 0, states: [state] });
      }
    },
  },
  {
    rule: 'no more is held than there is, where many hold at once',
    run: async ({ server, sessions }) => {
      const { id } = await server.user();
      await sessions[0].apply([add(id, 100)], 0);
      const made = await Promise.all(
        sessions.map(async (session) => {
          const outcomes = [];
          for (let round = 0; round < 10; round++) outcomes.push(...(await session.apply([hold(id, 10)], 5_000)));
          return outcomes.filter(({ outcome }) => outcome === 'APPLIED').length;
        }),
      );
      expect(made.reduce((sum, count) => sum + count, 0)).toBe(10);
      expect(await keptHolds(server, id)).toEqual({ held: 100, states: Array(10).fill('HELD') });
    },
  },
];
