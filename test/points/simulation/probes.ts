import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type ApplyOneBy, openSession, type SentOperation, type Session } from '../../support/postgres-session.js';
import type { TestServer } from '../../support/server.js';
import { keptLedger } from '../ledger.js';

/** One rule of the ledger, and a situation that finds out what breaks it: the probe then rejects. */
export interface Probe {
  readonly rule: string;
  run(stage: Stage): Promise<void>;
}

/** A server of one's own, and three sessions beside it. */
export interface Stage {
  readonly server: TestServer;
  readonly sessions: readonly [Session, Session, Session];
}

export async function openStage(
  server: TestServer,
  applyOneBy?: ApplyOneBy,
): Promise<Stage & { close(): Promise<void> }> {
  const open = () => openSession(server.database, applyOneBy);
  const sessions: Stage['sessions'] = [await open(), await open(), await open()];
  const close = async () => {
    await Promise.all(sessions.map((session) => session.end()));
  };
  return { server, sessions, close };
}

const OWNER = randomUUID();
export const add = (userId: string, points: number, idempotencyKey: string = randomUUID()): SentOperation => ({
  kind: 'ADD',
  userId,
  points,
  ownerId: OWNER,
  idempotencyKey,
});
export const spend = (userId: string, points: number, idempotencyKey: string = randomUUID()): SentOperation => ({
  ...add(userId, points, idempotencyKey),
  kind: 'SPEND',
});

/** Runs `first` in one session and holds its locks until `second`, in another session, stands before them. */
export async function overtake(stage: Stage, first: SentOperation, second: SentOperation) {
  const [holder, waiter] = stage.sessions;
  await holder.query('begin');
  const [firstOutcome] = await holder.apply([first], 5_000);
  const waiting = waiter.apply([second], 5_000);
  await Promise.race([waiter.untilItWaits(), waiting]);
  await holder.query('commit');
  return [firstOutcome, (await waiting)[0]] as const;
}

const LINK = `insert into external_ids values ('shop', $1, $2)`;
const REVOKE = 'update tokens set revoked_at = now() where id = $1';

export const PROBES: readonly Probe[] = [
  {
    rule: 'a refusal tells the balance of now, not of before the lock was waited for',
    run: async (stage) => {
      const { id } = await stage.server.user();
      await stage.sessions[0].apply([add(id, 100)], 0);
      const [, refused] = await overtake(stage, spend(id, 80), spend(id, 50));
      expect(refused).toMatchObject({ outcome: 'INSUFFICIENT_POINTS', available: 20, needed: 50 });
    },
  },
  {
    rule: 'a key that was used while the lock was waited for is found, and nothing happens twice',
    run: async (stage) => {
      const { id } = await stage.server.user();
      const [first, again] = await overtake(stage, add(id, 5, 'k'), add(id, 5, 'k'));
      expect(again).toMatchObject({ outcome: 'APPLIED', replayed: true, entry: first?.entry });
      expect(await keptLedger(stage.server, id)).toEqual({ points: 5, deltas: [5] });
    },
  },
  {
    rule: 'a refusal that was stored while the lock was waited for is found',
    run: async (stage) => {
      const { id } = await stage.server.user();
      const [, again] = await overtake(stage, spend(id, 5, 'k'), spend(id, 5, 'k'));
      expect(again).toMatchObject({ outcome: 'INSUFFICIENT_POINTS', replayed: true });
    },
  },
  {
    rule: 'a refusal is remembered when there are enough points by then',
    run: async ({ server, sessions: [session] }) => {
      const { id } = await server.user();
      await session.apply([spend(id, 5, 'k'), add(id, 9)], 0);
      const [again] = await session.apply([spend(id, 5, 'k')], 0);
      expect(again).toMatchObject({ outcome: 'INSUFFICIENT_POINTS', replayed: true, available: 0, needed: 5 });
      expect(await keptLedger(server, id)).toEqual({ points: 9, deltas: [9] });
    },
  },
  {
    rule: 'no change is lost where many happen at once',
    run: async ({ server, sessions }) => {
      const { id } = await server.user();
      const busy = sessions.map(async (session) => {
        for (let round = 0; round < 40; round++) await session.apply([add(id, 2), spend(id, 1)], 5_000);
      });
      await Promise.all(busy);
      expect((await keptLedger(server, id)).points).toBe(120);
    },
  },
  {
    rule: 'no two calls wait for each other in a circle',
    run: async ({ server, sessions: [first, second, holder] }) => {
      const users = await Promise.all([server.user(), server.user(), server.user()]);
      const [low = '', middle = '', high = ''] = users.map(({ id }) => id).sort();
      await holder.query('begin');
      await holder.query('select from balances where user_id = $1 for update', [high]);
      // If all were waited for, the first call would hold the middle one and the second the low one, each wanting the other.
      const one = first.apply([add(middle, 1), add(high, 1), add(low, 1)], 5_000);
      await Promise.race([first.untilItWaits(), one]);
      const other = second.apply([add(low, 1), add(middle, 1)], 5_000);
      const both = Promise.all([one, other]);
      await Promise.race([second.untilItWaits(), both]);
      await holder.query('commit');
      const outcomes = (await both).map((results) => results.map(({ outcome }) => outcome));
      expect(outcomes).toEqual([
        ['APPLIED', 'BUSY', 'APPLIED'],
        ['APPLIED', 'APPLIED'],
      ]);
      const points = await Promise.all([low, middle, high].map(async (id) => (await keptLedger(server, id)).points));
      expect(points).toEqual([2, 2, 0]);
    },
  },
  {
    rule: 'the tables themselves let a key, and a reversal, happen once',
    run: async ({ server, sessions: [session] }) => {
      const { id } = await server.user();
      await session.apply([add(id, 5, 'k'), add(id, 1)], 0);
      const again = (sequence: number, key: string | null, reverses: number | null) =>
        session.query(
          `insert into entries (user_id, sequence, kind, delta, balance_after, reverses, owner_id, idempotency_key)
           values ($1, $2, $3, 1, 1, $4, $5, $6)`,
          [id, sequence, reverses === null ? 'ADD' : 'REVERSAL', reverses, OWNER, key],
        );
      await expect(again(2, null, null)).rejects.toMatchObject({ constraint: 'entries_are_in_sequence' });
      await expect(again(3, 'k', null)).rejects.toMatchObject({ constraint: 'entries_happen_once_per_key' });
      await again(3, null, 1);
      await expect(again(4, null, 1)).rejects.toMatchObject({ constraint: 'entries_are_reversed_once' });
    },
  },
  {
    rule: 'the tables themselves let an external id belong to one user',
    run: async ({ server, sessions: [session] }) => {
      const [one, other] = [await server.user(), await server.user()];
      const externalId = randomUUID();
      await session.query(LINK, [externalId, one.id]);
      await expect(session.query(LINK, [externalId, other.id])).rejects.toMatchObject({
        constraint: 'external_ids_pkey',
      });
    },
  },
  {
    rule: 'nothing changes for an external id that is linked to another user by the time of the lock',
    run: async ({ server, sessions: [holder, waiter] }) => {
      const [{ id }, other] = [await server.user(), await server.user()];
      const externalId = randomUUID();
      await holder.query(LINK, [externalId, id]);
      await holder.query('begin');
      await holder.query('select 1 from balances where user_id = $1 for update', [id]);
      const operation: SentOperation = { kind: 'ADD', issuer: 'shop', externalId, points: 5, ownerId: OWNER };
      const waiting = waiter.apply([operation], 5_000);
      await Promise.race([waiter.untilItWaits(), waiting]);
      await holder.query('update external_ids set user_id = $2 where external_id = $1', [externalId, other.id]);
      await holder.query('commit');
      expect(await waiting).toMatchObject([{ outcome: 'BUSY' }]);
      expect(await waiter.apply([operation], 0)).toMatchObject([{ outcome: 'APPLIED' }]);
      expect((await keptLedger(server, id)).deltas).toEqual([]);
      expect((await keptLedger(server, other.id)).deltas).toEqual([5]);
    },
  },
  {
    rule: 'the dates of a user’s entries never decrease, even if the clock of the database has gone back',
    run: async ({ server, sessions: [session] }) => {
      const { id } = await server.user();
      await server.database.query(`update balances set last_entry_at = '2100-01-01' where user_id = $1`, [id]);
      const outcomes = [...(await session.apply([add(id, 5)], 0)), ...(await session.apply([spend(id, 1)], 0))];
      const dates = outcomes.map(({ entry }) => new Date(entry?.created_at ?? 0).toISOString());
      expect(dates).toEqual(Array(2).fill('2100-01-01T00:00:00.000Z'));
    },
  },
  {
    rule: 'a credential that ended while the lock was waited for changes nothing',
    run: async ({ server, sessions: [holder, waiter] }) => {
      const { id } = await server.user();
      const token = await server.token(['points:add']);
      await holder.query('begin');
      await holder.query('select 1 from balances where user_id = $1 for update', [id]);
      const waiting = waiter.apply([{ ...add(id, 5), tokenId: token.id, retried: false }], 5_000);
      await Promise.race([waiter.untilItWaits(), waiting]);
      await server.database.query(REVOKE, [token.id]);
      await holder.query('commit');
      expect(await waiting).toEqual([{ ordinal: 1, outcome: 'CREDENTIAL_ENDED' }]);
      expect((await keptLedger(server, id)).deltas).toEqual([]);
    },
  },
  {
    rule: 'an ended credential is not told what stands under a key',
    run: async ({ server, sessions: [session] }) => {
      const { id } = await server.user();
      const token = await server.token(['points:add']);
      const change = { ...add(id, 5, 'k'), tokenId: token.id, retried: false };
      expect(await session.apply([change], 0)).toMatchObject([{ outcome: 'APPLIED' }]);
      await server.database.query(REVOKE, [token.id]);
      expect(await session.apply([change], 0)).toEqual([{ ordinal: 1, outcome: 'CREDENTIAL_ENDED' }]);
    },
  },
  {
    rule: 'a retry tells the first answer of its key to an ended credential, and without one changes nothing',
    run: async ({ server, sessions: [session] }) => {
      const { id } = await server.user();
      const token = await server.token(['points:add']);
      const change = { ...add(id, 5, 'k'), tokenId: token.id, retried: true };
      await session.apply([change], 0);
      await server.database.query(REVOKE, [token.id]);
      const others = [
        { ...change, idempotencyKey: 'new' },
        { ...spend(id, 99, 'refused'), tokenId: token.id, retried: true },
      ];
      expect(await session.apply([change, ...others], 0)).toMatchObject([
        { outcome: 'APPLIED', replayed: true },
        { outcome: 'CREDENTIAL_ENDED' },
        { outcome: 'CREDENTIAL_ENDED' },
      ]);
      expect(await keptLedger(server, id)).toEqual({ points: 5, deltas: [5] });
      expect(await server.database.query('select 1 from refusals where user_id = $1', [id])).toEqual([]);
    },
  },
];
