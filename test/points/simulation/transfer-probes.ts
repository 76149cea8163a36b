import { expect } from 'vitest';
import type { SentOperation } from '../../support/postgres-session.js';
import type { TestServer } from '../../support/server.js';
import { keptLedger } from '../ledger.js';
import { add, overtake, type Probe, spend } from './probes.js';

const transfer = (userId: string, toUserId: string, points: number): SentOperation => ({
  ...add(userId, points),
  kind: 'TRANSFER',
  toUserId,
});

const reverse = (userId: string, reverses: number): SentOperation => {
  const { points: _, ...change } = add(userId, 1);
  return { ...change, kind: 'REVERSAL', reverses };
};

/** Two users, the one with the lower id first. */
async function twoUsers(server: TestServer): Promise<[low: string, high: string]> {
  const [low = '', high = ''] = [(await server.user()).id, (await server.user()).id].sort();
  return [low, high];
}

async function keptPoints(server: TestServer, userIds: readonly string[]): Promise<number[]> {
  return await Promise.all(userIds.map(async (id) => (await keptLedger(server, id)).points));
}

export const TRANSFER_PROBES: readonly Probe[] = [
  {
    rule: 'a transfer has locked no balance while it waits for the other',
    run: async ({ server, sessions: [holder, waiter, other] }) => {
      const users = await twoUsers(server);
      for (const [giver, receiver] of [users, users.toReversed()] as [string, string][]) {
        await waiter.apply([add(giver, 5)], 0);
        await holder.query('begin');
        await holder.query('select from balances where user_id = $1 for update', [receiver]);
        const change = transfer(giver, receiver, 5);
        const busy = await Promise.all([0, 5_000].map((waitMs) => waiter.apply([change], waitMs)));
        const waiting = waiter.apply([{ ...change, waitsFor: receiver }], 5_000);
        await Promise.race([waiter.untilItWaits(), waiting]);
        const lock = other.query('select from balances where user_id = $1 for no key update nowait', [giver]);
        const isFree = await lock.then(
          () => true,
          () => false,
        );
        await holder.query('commit');
        for (const results of busy) expect(results).toMatchObject([{ outcome: 'BUSY', waitsFor: receiver }]);
        expect(await waiting).toMatchObject([{ outcome: 'APPLIED' }]);
        expect(isFree).toBe(true);
      }
    },
  },
  {
    rule: 'a transfer writes two entries that name each other, and so does its reversal',
    run: async ({ server, sessions: [session] }) => {
      const users = await twoUsers(server);
      const [giver, receiver] = users;
      await session.apply([add(giver, 9)], 0);
      expect(await session.apply([transfer(giver, receiver, 5)], 0)).toMatchObject([{ outcome: 'APPLIED' }]);
      expect(await keptPoints(server, users)).toEqual([4, 5]);
      expect(await session.apply([reverse(receiver, 1)], 0)).toMatchObject([{ outcome: 'APPLIED' }]);
      expect(await keptPoints(server, users)).toEqual([9, 0]);
      expect(await session.apply([reverse(giver, 2)], 0)).toMatchObject([{ outcome: 'ALREADY_REVERSED' }]);
      const links = await server.database.query(
        `select e.kind, o.kind as other from entries e
           join entries o on (o.user_id, o.sequence) = (e.counterpart_user_id, e.counterpart_sequence)
            and (o.counterpart_user_id, o.counterpart_sequence) = (e.user_id, e.sequence) and o.delta = -e.delta
          where e.user_id = $1 order by e.sequence`,
        [giver],
      );
      expect(links).toEqual([
        { kind: 'TRANSFER_OUT', other: 'TRANSFER_IN' },
        { kind: 'REVERSAL', other: 'REVERSAL' },
      ]);
    },
  },
  {
    rule: 'a transfer sees the points of now, not of before the locks were waited for',
    run: async (stage) => {
      const [giver, receiver] = await twoUsers(stage.server);
      await stage.sessions[0].apply([add(giver, 100)], 0);
      const [, refused] = await overtake(stage, spend(giver, 80), transfer(giver, receiver, 50));
      expect(refused).toMatchObject({ outcome: 'INSUFFICIENT_POINTS', available: 20, needed: 50 });
      expect(await keptPoints(stage.server, [giver, receiver])).toEqual([20, 0]);
    },
  },
  {
    rule: 'no points are lost or made where many are moved at once',
    run: async ({ server, sessions }) => {
      const users = [...(await twoUsers(server)), (await server.user()).id];
      await sessions[0].apply(
        users.map((id) => add(id, 20)),
        0,
      );
      const moving = sessions.map(async (session, nth) => {
        for (let round = 0; round < 20; round++) {
          const [one = '', two = '', three = ''] = [...users.slice(nth), ...users.slice(0, nth)];
          await session.apply([transfer(one, two, 3), transfer(three, one, 2)], 5_000);
          await session.apply([transfer(two, three, 7)], 5_000);
        }
      });
      await Promise.all(moving);
      const points = await keptPoints(server, users);
      expect(points.reduce((sum, of) => sum + of, 0)).toBe(60);
    },
  },
];
