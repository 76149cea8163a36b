import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { SCOPES } from '../../../src/auth/scope.js';
import { it } from '../../support/fixtures.js';
import type { IssuedToken, TestServer } from '../../support/server.js';
import { keptLedger } from '../ledger.js';
import { type Asked, requests, USERS } from './asked-changes.js';
import { createModel } from './model.js';
import { expire, type ModelAccount } from './model-account.js';
import { type Parties, seenOf, send, sendMany, toChange } from './send-asked.js';

let unlimited: IssuedToken[];
it.beforeAll(async ({ server }) => {
  unlimited = [await server.everything(), await server.everything()];
});

/** Small, so that random changes reach them. */
const LIMITS = {
  maxPointsPerChange: 15,
  maxAddedPerDay: 60,
  maxSpentPerDay: 20,
  maxAddedPerUserPerDay: 40,
  maxSpentPerUserPerDay: 12,
};

/** Lets holds expire as if time had passed. */
async function letPass({ database }: TestServer, { users }: Parties, seconds: number): Promise<void> {
  const ids = users.map(({ id }) => id);
  const earlier = (column: string) => `${column} = ${column} - $2 * interval '1 second'`;
  await database.query(
    `with moved as (update balances set ${earlier('holds_until')} where user_id = any ($1) returning user_id)
     update holds set ${earlier('created_at')}, ${earlier('expires_at')}, ${earlier('ended_at')}
      where user_id in (select user_id from moved)`,
    [ids, seconds],
  );
}

/** A user's entries and holds past HTTP, and what is held, as the model has them. */
async function keptAccount({ database }: TestServer, userId: string) {
  const [row] = await database.query(
    `select (select coalesce(jsonb_agg(jsonb_build_object(
               'kind', kind, 'delta', delta, 'balanceAfter', balance_after, 'sequence', sequence, 'reverses', reverses, 'hold', hold,
               'counterpart', case when counterpart_user_id is not null
                 then jsonb_build_object('userId', counterpart_user_id, 'sequence', counterpart_sequence) end)
               order by sequence), '[]') from entries where user_id = $1) as entries,
            (select coalesce(jsonb_agg(jsonb_build_object('number', number, 'points', points, 'captured', captured,
               'state', case when state = 'HELD' and expires_at <= now() then 'EXPIRED' else state end)
               order by number), '[]') from holds where user_id = $1) as holds,
            (select sum(points)::float8 from holds where user_id = $1 and state = 'HELD') as marked,
            (select held::float8 from balances where user_id = $1) as held`,
    [userId],
  );
  return row ?? {};
}

function expectedAccount({ entries, holds }: ModelAccount) {
  return { entries, holds: holds.map(({ expiresAt: _, ...hold }) => hold) };
}

describe('The operations on points', () => {
  it('return what the model returns, for random changes in random order', async ({ server }) => {
    await fc.assert(
      fc.asyncProperty(requests, async (asked) => {
        const users = await Promise.all(Array.from({ length: USERS }, () => server.user()));
        const parties = { users, tokens: [...unlimited, await server.token(SCOPES, undefined, { limits: LIMITS })] };
        const limits = { ...LIMITS, used: new Map() };
        let now = 0;
        const model = createModel(
          users.map(({ id }) => id),
          () => now,
        );
        const expected = (request: Asked) =>
          seenOf(
            model.apply({
              ...toChange(request, parties),
              limits: request.token === unlimited.length ? limits : undefined,
            }),
          );
        for (const request of asked) {
          if ('seconds' in request) {
            now += request.seconds;
            await letPass(server, parties, request.seconds);
          } else if ('operations' in request) {
            const { token, operations } = request;
            const predicted = operations.map((operation) => expected({ ...operation, token }));
            expect(await sendMany(server, request, parties)).toEqual(predicted);
          } else {
            const predicted = expected(request);
            expect(await send(server, request, parties)).toEqual(predicted);
          }
        }
        for (const account of model.accounts.values()) {
          const { entries, holds, held, marked } = await keptAccount(server, account.userId);
          expire(account, now);
          expect({ entries, holds }).toEqual(expectedAccount(account));
          expect(held).toBe(marked ?? 0);
          expect((await keptLedger(server, account.userId)).deltas).toEqual(account.entries.map(({ delta }) => delta));
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('refuse a hold beyond the 1,000 that are open, as the model does, until one ends', async ({ server }) => {
    const parties = { users: [await server.user()], tokens: [await server.everything()] };
    const model = createModel(
      parties.users.map(({ id }) => id),
      () => 0,
    );
    const asked = (action: Asked['action']): Asked => ({
      user: 0,
      token: 0,
      isByName: false,
      idempotencyKey: null,
      action,
    });
    const hold = asked({ kind: 'HOLD', points: 1, expiresInSeconds: 3_600 });
    const one = async (request: Asked) => {
      const expected = model.apply(toChange(request, parties));
      expect(await send(server, request, parties)).toEqual(seenOf(expected));
      return expected.outcome;
    };
    await one(asked({ kind: 'ADD', points: 2_000 }));
    for (let count = 0; count < 1_000; count += 100) {
      const holds = Array.from({ length: 100 }, () => hold);
      const made = holds.map((request) => seenOf(model.apply(toChange(request, parties))));
      expect(await sendMany(server, { token: 0, operations: holds }, parties)).toEqual(made);
    }
    expect(await one(hold)).toBe('HOLD_LIMIT');
    expect(await one(asked({ kind: 'RELEASE', hold: 7 }))).toBe('APPLIED');
    expect(await one(hold)).toBe('APPLIED');
    expect(await one(hold)).toBe('HOLD_LIMIT');
  });
});
