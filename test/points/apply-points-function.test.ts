import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { keptLedger } from './ledger.js';
import { ALL_PROBES } from './simulation/all-probes.js';
import { openStage, type Stage } from './simulation/probes.js';

let stage: Stage & { close(): Promise<void> };
it.beforeAll(async ({ server }) => {
  stage = await openStage(server);
});
afterAll(async () => {
  await stage.close();
});

const ownerId = randomUUID();

/** The other entry that an entry names. */
const COUNTERPART = { counterpart_user_id: randomUUID(), counterpart_sequence: 1 };

describe('The database functions change_points and apply_changes', () => {
  it.each(ALL_PROBES)('keep the rule: $rule', async ({ run }) => {
    await run(stage);
  });

  it.for(ALL_PROBES)('keep the rule, where one change is made as many are: $rule', async ({ run }, { server }) => {
    const other = await openStage(server, 'apply_changes');
    await run(other).finally(() => other.close());
  });

  it('with a wait of 0 ms returns BUSY for locked balances, and makes the other changes', async ({ server }) => {
    const [holder, other] = stage.sessions;
    const [locked, free] = [await server.user(), await server.user()];
    await holder.query('begin');
    await holder.query('select 1 from balances where user_id = $1 for update', [locked.id]);
    const operations = [
      { kind: 'ADD', username: locked.username, points: 1, ownerId },
      { kind: 'ADD', userId: free.id, points: 2, ownerId },
      { kind: 'ADD', userId: locked.id, points: 4, ownerId },
    ] as const;
    const outcomes = await other.apply(operations, 0);
    await holder.query('commit');
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['BUSY', 'APPLIED', 'BUSY']);
    expect((await other.apply(operations, 0)).map(({ outcome }) => outcome)).toEqual(Array(3).fill('APPLIED'));
    expect(await keptLedger(server, locked.id)).toEqual({ points: 5, deltas: [1, 4] });
  });

  it('returns the results in the order of the changes, whatever the owners of their credentials', async ({
    server,
  }) => {
    const tokens = await Promise.all(Array.from({ length: 8 }, () => server.token(['points:add'])));
    const users = await Promise.all(tokens.map(() => server.user()));
    const operations = tokens.map(({ id, owner }, n) => {
      return { kind: 'ADD', userId: users[n]?.id ?? '', points: n + 1, ownerId: owner.id, tokenId: id } as const;
    });
    for (const ordered of [operations, operations.toReversed()]) {
      const outcomes = await stage.sessions[0].apply(ordered, 0);
      expect(outcomes.map(({ entry }) => entry?.delta)).toEqual(ordered.map(({ points }) => points));
    }
  });

  it.for(['change_points', 'apply_changes'] as const)(
    '%s changes nothing for a name that another user may have by the time of the lock',
    async (applyOneBy, { server }) => {
      const { sessions, close } = await openStage(server, applyOneBy);
      const [holder, waiter] = sessions;
      const { id, username } = await server.user();
      await holder.query('begin');
      await holder.query('select 1 from balances where user_id = $1 for update', [id]);
      const waiting = waiter.apply([{ kind: 'ADD', username, points: 5, ownerId }], 5_000);
      await waiter.untilItWaits();
      await holder.query(`update users set username = 'other_' || username where id = $1`, [id]);
      await holder.query('commit');
      expect(await waiting).toMatchObject([{ outcome: 'BUSY' }]);
      expect((await keptLedger(server, id)).deltas).toEqual([]);
      await close();
    },
  );

  it.for(['change_points', 'apply_changes'] as const)(
    '%s returns that there is no user of an id or a name',
    async (applyOneBy, { server }) => {
      const { sessions, close } = await openStage(server, applyOneBy);
      for (const named of [
        { userId: randomUUID() },
        { username: 'nobody' },
        { issuer: 'shop', externalId: 'nobody' },
      ]) {
        const change = { ...named, kind: 'ADD', points: 5, ownerId } as const;
        expect(await sessions[0].apply([change], 0)).toMatchObject([{ outcome: 'USER_NOT_FOUND' }]);
        expect(await sessions[0].apply([change], 5_000)).toMatchObject([{ outcome: 'USER_NOT_FOUND' }]);
      }
      await close();
    },
  );

  it('fails as a whole when it cannot get a lock within the wait', async ({ server }) => {
    const [holder, other] = stage.sessions;
    const [locked, free] = [await server.user(), await server.user()];
    await holder.query('begin');
    await holder.query('select 1 from balances where user_id = $1 for update', [locked.id]);
    const operations = [locked, free].map(({ id }) => ({ kind: 'ADD', userId: id, points: 1, ownerId }) as const);
    await expect(other.apply(operations, 10)).rejects.toMatchObject({ code: '55P03' });
    await holder.query('commit');
    for (const { id } of [locked, free]) expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it('writes a balance once for all changes of it that have no key', async ({ server }) => {
    const [session] = stage.sessions;
    const { id } = await server.user();
    const operations = Array.from({ length: 20 }, () => ({ kind: 'ADD', userId: id, points: 1, ownerId }) as const);
    const countWritten = async () => {
      const counted = `select n_tup_upd::int as count from pg_stat_xact_user_tables where relname = 'balances'`;
      return Number((await session.query(counted))[0]?.['count']);
    };
    await session.query('begin');
    const before = await countWritten(); // of transactions that were not reported yet
    const outcomes = await session.apply(operations, 0);
    const written = (await countWritten()) - before;
    await session.query('commit');
    expect(outcomes.map(({ entry }) => entry?.balance_after)).toEqual(operations.map((_, index) => index + 1));
    expect(written).toBe(1);
  });

  it('makes changes as if they came one after the other, also where one refers to another', async ({ server }) => {
    const { id, username } = await server.user();
    const common = { userId: id, ownerId };
    const outcomes = await stage.sessions[0].apply(
      [
        { ...common, kind: 'ADD', points: 50, idempotencyKey: 'add' },
        { ...common, kind: 'SPEND', points: 30 },
        { ...common, kind: 'SPEND', points: 30, idempotencyKey: 'spend' },
        { kind: 'ADD', username: username.toUpperCase(), points: 20, ownerId },
        { ...common, kind: 'ADD', points: 50, idempotencyKey: 'add' },
        { ...common, kind: 'SPEND', points: 30, idempotencyKey: 'spend' },
        { ...common, kind: 'ADD', points: 51, idempotencyKey: 'add' },
        { ...common, kind: 'REVERSAL', reverses: 3, idempotencyKey: 'back' },
        { ...common, kind: 'REVERSAL', reverses: 3 },
        { ...common, kind: 'REVERSAL', reverses: 4 },
        { ...common, kind: 'REVERSAL', reverses: 5 },
        { ...common, kind: 'RESOLVE', idempotencyKey: 'back' },
        { ...common, kind: 'RESOLVE', idempotencyKey: 'new' },
        { ...common, kind: 'ADD', points: 1, idempotencyKey: 'new' },
      ],
      0,
    );
    expect(outcomes.map(({ outcome, replayed }) => (replayed ? `${outcome} again` : outcome))).toEqual([
      'APPLIED',
      'APPLIED',
      'INSUFFICIENT_POINTS',
      'APPLIED',
      'APPLIED again',
      'INSUFFICIENT_POINTS again',
      'IDEMPOTENCY_KEY_REUSED',
      'APPLIED',
      'ALREADY_REVERSED',
      'NOT_REVERSIBLE',
      'ENTRY_NOT_FOUND',
      'APPLIED again',
      'IDEMPOTENCY_KEY_CLOSED',
      'IDEMPOTENCY_KEY_CLOSED again',
    ]);
    expect(await keptLedger(server, id)).toEqual({ points: 20, deltas: [50, -30, 20, -20] });
  });

  it('returns the result under a key to a node of the previous release, which does not mark retries', async ({
    server,
  }) => {
    const [session] = stage.sessions;
    const { id } = await server.user();
    const token = await server.token(['points:add']);
    const change = { kind: 'ADD', userId: id, points: 5, ownerId, tokenId: token.id, idempotencyKey: 'k' } as const;
    await session.apply([change], 0);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [token.id]);
    const rows = await session.query('select row from apply_points($1::jsonb, 0) as row', [
      JSON.stringify([change, { ...change, idempotencyKey: 'new' }]),
    ]);
    const outcomes = rows.map(({ row }) => row);
    expect(outcomes).toMatchObject([{ outcome: 'APPLIED', replayed: true }, { outcome: 'CREDENTIAL_ENDED' }]);
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
  });

  it.for([
    ['is revoked', 'update tokens set revoked_at = now() where id = $1'],
    ['has expired', `update tokens set expires_at = now() - interval '1 microsecond' where id = $1`],
    ['was never issued', 'delete from tokens where id = $1'],
    [
      'has lost its owner',
      'update users set deleted_at = now() where id = (select owner_id from tokens where id = $1)',
    ],
  ] as const)(
    'changes nothing for a token that %s, and does not say whether the user exists',
    async ([_how, end], { server }) => {
      const [session] = stage.sessions;
      const { id } = await server.user();
      const token = await server.token(['points:add']);
      await server.database.query(end, [token.id]);
      const common = { kind: 'ADD', points: 5, ownerId, tokenId: token.id, retried: false } as const;
      const outcomes = await session.apply(
        [
          { ...common, userId: id },
          { ...common, username: 'nobody' },
          { kind: 'ADD', userId: id, points: 1, ownerId },
        ],
        0,
      );
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['CREDENTIAL_ENDED', 'CREDENTIAL_ENDED', 'APPLIED']);
      expect((await keptLedger(server, id)).deltas).toEqual([1]);
    },
  );

  it('reads no whole table: it finds every row by an index', async ({ server }) => {
    const { id, username } = await server.user();
    const token = await server.token(['points:add']);
    const { user } = await server.session();
    const [kept] = await server.database.query('select id from sessions where user_id = $1', [user.id]);
    const sessionId = String(kept?.['id']);
    await server.database.query(`insert into external_ids values ('shop', '1', $1)`, [id]);
    const [session] = stage.sessions;
    await session.query('begin');
    const scans =
      "select coalesce(sum(seq_scan), 0)::int as scans from pg_stat_xact_user_tables where relname in ('users', 'external_ids', 'balances', 'entries', 'refusals', 'former_usernames', 'tokens', 'sessions')";
    const [before] = await session.query(scans);
    for (const named of [{ userId: id }, { username }, { issuer: 'shop', externalId: '1' }]) {
      const credential = 'userId' in named ? { tokenId: token.id } : { sessionId, role: 'USER' };
      const common = { ...named, ...credential, ownerId, idempotencyKey: randomUUID() };
      await session.apply([{ ...common, kind: 'ADD', points: 2 }], 0);
      await session.apply([{ ...common, kind: 'SPEND', points: 9, idempotencyKey: randomUUID() }], 0);
      await session.apply([{ ...common, kind: 'REVERSAL', reverses: 1, idempotencyKey: randomUUID() }], 0);
      await session.apply([{ ...common, kind: 'RESOLVE' }], 0);
    }
    expect(await session.query(scans)).toEqual([before]);
    await session.query('rollback');
  });
});

describe('The ledger in the database', () => {
  it.for(['entries', 'refusals'])(
    'is append-only: %s can be neither updated, nor deleted, nor truncated',
    async (table, { server }) => {
      const { id } = await server.user();
      const common = { userId: id, points: 5, ownerId };
      await stage.sessions[0].apply(
        [
          { ...common, kind: 'ADD' },
          { ...common, kind: 'SPEND', points: 9, idempotencyKey: 'k' },
        ],
        0,
      );
      for (const statement of [`update ${table} set owner_id = user_id`, `delete from ${table}`, `truncate ${table}`]) {
        await expect(server.database.query(statement)).rejects.toThrow(`${table} is append-only`);
      }
    },
  );

  it.for([
    ['points = -1', 'balances_held_within_points'],
    ['points = 9007199254740992', 'balances_held_within_points'],
  ] as const)('rejects a balance with %s', async ([change, constraint], { server }) => {
    const { id } = await server.user();
    const statement = `update balances set ${change} where user_id = $1`;
    await expect(server.database.query(statement, [id])).rejects.toMatchObject({ constraint });
  });

  it.for([
    ['that adds a negative amount', { kind: 'ADD', delta: -1 }, 'entries_are_of_their_kind'],
    ['that spends a negative amount', { kind: 'SPEND', delta: 1 }, 'entries_are_of_their_kind'],
    ['of an unknown kind', { kind: 'GIFT', delta: 1 }, 'entries_are_of_their_kind'],
    ['that changes nothing', { kind: 'REVERSAL', delta: 0, reverses: 1 }, 'entries_change_something'],
    ['that adds and reverses', { kind: 'ADD', delta: 1, reverses: 1 }, 'entries_are_of_their_kind'],
    ['that reverses nothing', { kind: 'REVERSAL', delta: 1 }, 'entries_are_of_their_kind'],
    ['of a transfer with no other entry', { kind: 'TRANSFER_IN', delta: 1 }, 'entries_are_of_their_kind'],
    ['that adds and names another entry', { kind: 'ADD', delta: 1, ...COUNTERPART }, 'entries_are_of_their_kind'],
    ['that gives and adds', { kind: 'TRANSFER_OUT', delta: 1, ...COUNTERPART }, 'entries_are_of_their_kind'],
    [
      'that reverses and names half of another entry',
      { kind: 'REVERSAL', delta: 1, reverses: 1, counterpart_sequence: 1 },
      'entries_are_of_their_kind',
    ],
    [
      'that leaves a negative balance',
      { kind: 'ADD', delta: 1, balance_after: -1 },
      'entries_leave_a_possible_balance',
    ],
    ['numbered 0', { kind: 'ADD', delta: 1, sequence: 0 }, 'entries_count_from_one'],
    ['with an empty key', { kind: 'ADD', delta: 1, idempotency_key: '' }, 'entries_have_a_bounded_key'],
    [
      'with a reason of 501 characters',
      { kind: 'ADD', delta: 1, reason: 'r'.repeat(501) },
      'entries_have_a_bounded_reason',
    ],
  ] as const)('rejects an entry %s', async ([_what, change, constraint], { server }) => {
    const { id } = await server.user();
    const row = { user_id: id, sequence: 1, balance_after: 1, owner_id: id, ...change };
    const statement = `insert into entries (${Object.keys(row).join()}) values (${Object.keys(row).map((_, n) => `$${n + 1}`)})`;
    await expect(server.database.query(statement, Object.values(row))).rejects.toMatchObject({ constraint });
  });
});
