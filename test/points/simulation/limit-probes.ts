import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { SentOperation } from '../../support/postgres-session.js';
import type { IssuedToken, TestServer } from '../../support/server.js';
import { keptLedger } from '../ledger.js';
import type { Probe } from './probes.js';

const LIMIT = 20;

/** A token that adds at most 20 points a day, and some users. */
async function limitedToken(server: TestServer) {
  const users = await Promise.all([server.user(), server.user(), server.user()]);
  return { token: await server.token(['points:add'], undefined, { limits: { maxAddedPerDay: LIMIT } }), users };
}

function add(userId: string, points: number, { id, owner }: Pick<IssuedToken, 'id' | 'owner'>): SentOperation {
  const change = { kind: 'ADD', userId, points, ownerId: owner.id } as const;
  return { ...change, tokenId: id, retried: false, idempotencyKey: randomUUID() };
}

const sumOf = async (server: TestServer, users: readonly { readonly id: string }[]) => {
  const ledgers = await Promise.all(users.map(({ id }) => keptLedger(server, id)));
  return ledgers.reduce((sum, { points }) => sum + points, 0);
};

export const LIMIT_PROBES: readonly Probe[] = [
  {
    rule: 'a limit for a day is exact where a change waits for another that uses it up',
    run: async ({ server, sessions: [holder, waiter] }) => {
      const { token, users } = await limitedToken(server);
      const [one, other] = users;
      await holder.apply([add(one?.id ?? '', 1, token)], 5_000);
      await holder.query('begin');
      await holder.apply([add(one?.id ?? '', LIMIT - 1, token)], 5_000);
      const change = [add(other?.id ?? '', 1, token)];
      const waiting = waiter.apply(change, 0).catch(() => undefined); // it waits for 0.1 s
      await Promise.race([waiter.untilItWaits(), waiting]);
      await holder.query('commit');
      expect((await waiting) ?? (await waiter.apply(change, 0))).toMatchObject([
        { outcome: 'TOKEN_LIMIT', used: LIMIT, max: LIMIT },
      ]);
      expect(await sumOf(server, users)).toBe(LIMIT);
    },
  },
  {
    rule: 'a limit for a day is exact within one statement, and where many are made at once',
    run: async ({ server, sessions }) => {
      const { token, users } = await limitedToken(server);
      const all = () => users.flatMap(({ id }) => [add(id, 3, token), add(id, 2, token)]);
      await Promise.all(sessions.map((session) => session.apply(all(), 5_000)));
      for (const session of sessions) await session.apply(all(), 5_000);
      await sessions[0].apply([add(users[0]?.id ?? '', 2, token), add(users[0]?.id ?? '', 1, token)], 5_000);
      expect(await sumOf(server, users)).toBe(LIMIT);
    },
  },
  {
    rule: 'what is used of a limit per user stays where a statement passes over the user',
    run: async ({ server, sessions: [holder, passer] }) => {
      const [free, locked] = [(await server.user()).id, (await server.user()).id];
      const token = await server.token(['points:add'], undefined, { limits: { maxAddedPerUserPerDay: LIMIT } });
      await holder.apply([add(locked, 1, token)], 5_000);
      await holder.query('begin');
      await holder.apply([add(locked, 15, token)], 5_000);
      const passing = passer.apply([add(free, 1, token), add(locked, 1, token)], 0);
      expect(await Promise.race([passing, passer.untilItWaits()])).toMatchObject([
        { outcome: 'APPLIED' },
        { outcome: 'BUSY' },
      ]);
      await holder.query('commit');
      expect(await passer.apply([add(locked, 5, token)], 0)).toMatchObject([{ outcome: 'TOKEN_LIMIT', used: 16 }]);
    },
  },
  {
    rule: 'a token and the one that it was rotated to use one counter',
    run: async ({ server, sessions: [session] }) => {
      const { token, users } = await limitedToken(server);
      const successor = await server.token(['points:add'], token.owner, { limits: { maxAddedPerDay: LIMIT } });
      await server.database.query('update tokens set root_id = $2 where id = $1', [successor.id, token.id]);
      const userId = users[0]?.id ?? '';
      expect(await session.apply([add(userId, LIMIT, token)], 0)).toMatchObject([{ outcome: 'APPLIED' }]);
      expect(await session.apply([add(userId, 1, successor)], 0)).toMatchObject([{ outcome: 'TOKEN_LIMIT' }]);
    },
  },
  {
    rule: 'a token that was paused while the lock was waited for changes nothing',
    run: async ({ server, sessions: [holder, waiter] }) => {
      const { id } = await server.user();
      const token = await server.token(['points:add']);
      await holder.query('begin');
      await holder.query('select 1 from balances where user_id = $1 for update', [id]);
      const waiting = waiter.apply([add(id, 5, token)], 5_000);
      await Promise.race([waiter.untilItWaits(), waiting]);
      await server.database.query('update tokens set paused_at = now() where id = $1', [token.id]);
      await holder.query('commit');
      expect(await waiting).toEqual([{ ordinal: 1, outcome: 'CREDENTIAL_ENDED' }]);
      expect((await keptLedger(server, id)).deltas).toEqual([]);
    },
  },
];
