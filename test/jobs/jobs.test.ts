import { afterAll, describe, expect } from 'vitest';
import type { Connection } from '../../src/database/connect.js';
import { type Job, type RunningJobs, runJobs, startJobs } from '../../src/jobs/jobs.js';
import { purgeSessions } from '../../src/sessions/purge-sessions.js';
import { purgeThrottles } from '../../src/throttles/purge-throttles.js';
import { purgeTokenRequests, purgeUserCounters } from '../../src/tokens/purge-counters.js';
import { createPurgeRestingUsernames } from '../../src/users/purge-resting-usernames.js';
import { RenewSessionDocument, ViewerKindDocument } from '../operations/generated.js';
import { openPool } from '../support/database.js';
import { it } from '../support/fixtures.js';
import { hold } from '../support/held.js';
import { sessionIdOf } from '../support/server.js';

describe('Jobs', () => {
  let own: Connection;
  it.beforeAll(async ({ server }) => {
    own = openPool(server.database.url, { poolSize: 4 });
  });
  afterAll(async () => {
    await own.close();
  });

  it('delete sessions a month after their end, and keep the rest', async ({ server }) => {
    const user = await server.user();
    const [live, out, longOut, longExpired] = await Promise.all(Array.from({ length: 4 }, () => server.session(user)));
    const sid = (session: typeof live) => session && sessionIdOf(session);
    const set = (session: typeof live, change: string) =>
      server.database.query(`update sessions set ${change} where id = $1`, [sid(session)]);
    await set(out, `ended_at = now() - interval '29 days'`);
    await set(longOut, `ended_at = now() - interval '31 days'`);
    await set(longExpired, `expires_at = now() - interval '31 days'`);

    await runJobs(own.database, [purgeSessions]);

    const kept = await server.database.query('select id from sessions where user_id = $1', [user.id]);
    expect(kept.map(({ id }) => id).toSorted()).toEqual([sid(live), sid(out)].toSorted());
    const refused = await server.send(undefined, RenewSessionDocument, { refreshToken: longOut?.refreshToken ?? '' });
    expect(refused.errors?.[0]?.extensions['code']).toBe('REFRESH_TOKEN_INVALID');
    expect((await server.send(live?.secret, ViewerKindDocument)).status).toBe(200);
  });

  it('delete the counts of throttles a day after they expire, in as many batches as it takes', async ({ server }) => {
    await server.database.query(`
      insert into throttles select 'old ' || n, 1, now() - interval '25 hours' from generate_series(1, 1100) n
      union all select 'new ' || n, 1, now() - interval '23 hours' from generate_series(1, 3) n`);
    const batches: string[] = [];
    await runJobs(own.database, [
      async (transaction, limit) => {
        const purged = await purgeThrottles(transaction, limit);
        batches.push(purged);
        return purged;
      },
    ]);
    expect(batches).toEqual(['MORE', 'MORE', 'DONE']);
    expect(await server.database.query(`select key from throttles where key ~ '^(old|new)' order by key`)).toEqual([
      { key: 'new 1' },
      { key: 'new 2' },
      { key: 'new 3' },
    ]);
  });

  it('delete usernames whose rest is over, and leave those that are being taken', async ({ server }) => {
    const { id } = await server.user();
    await server.database.query(
      `insert into resting_usernames select 'old-' || n, $1::uuid, now() - interval '30 days' from generate_series(1, 1100) n
       union all select 'new-' || n, $1::uuid, now() - interval '29 days 23:59' from generate_series(1, 2) n`,
      [id],
    );
    const held = await hold(server, `delete from resting_usernames where username = 'old-7'`);
    await runJobs(own.database, [createPurgeRestingUsernames(30)]);
    await held.release();
    const left = () => server.database.query('select username from resting_usernames order by username');
    expect(await left()).toEqual([{ username: 'new-1' }, { username: 'new-2' }, { username: 'old-7' }]);

    await runJobs(own.database, [createPurgeRestingUsernames(0)]);
    expect(await left()).toEqual([]);
  });

  it('delete counters of tokens that count no more, and leave those that are being counted', async ({ server }) => {
    await server.database.query(`
      insert into token_user_counters (user_id, root_id, day)
        select gen_random_uuid(), gen_random_uuid(), (now() at time zone 'UTC')::date - 2 from generate_series(1, 1100)
        union all select gen_random_uuid(), gen_random_uuid(), (now() at time zone 'UTC')::date - 1`);
    await server.database.query(`
      insert into token_requests
        select gen_random_uuid(), now() - interval '25 hours', 7 from generate_series(1, 600)
        union all select gen_random_uuid(), now() - interval '23 hours', 8`);
    const held = await hold(server, 'select 1 from token_requests where requests = 7 limit 1 for update');
    await runJobs(own.database, [purgeUserCounters, purgeTokenRequests]);
    await held.release();
    const kept = await server.database.query(
      `select (now() at time zone 'UTC')::date - day as age from token_user_counters`,
    );
    expect(kept).toEqual([{ age: 1 }]);
    expect(await server.database.query('select requests from token_requests order by 1')).toEqual([
      { requests: 7 },
      { requests: 8 },
    ]);
  });

  it('run on one node at a time', async () => {
    let calls = 0;
    const inner: Job = async () => {
      calls++;
      return 'DONE';
    };
    await runJobs(own.database, [
      async () => {
        await runJobs(own.database, [inner]); // as another node would, meanwhile
        return 'DONE';
      },
    ]);
    expect(calls).toBe(0);
    await runJobs(own.database, [inner]);
    expect(calls).toBe(1);
  });

  it('continue in the background after a failure, until they are stopped during a transaction', async () => {
    const failures: unknown[] = [];
    let calls = 0;
    let release = () => {};
    let running: RunningJobs | undefined;
    await new Promise<void>((reached) => {
      running = startJobs({
        database: own.database,
        jobs: [
          async () => {
            if (++calls === 1) throw new Error('once');
            reached();
            await new Promise<void>((resolve) => {
              release = resolve;
            });
            return 'MORE';
          },
        ],
        intervalSeconds: 0.01,
        onFailure: (error) => failures.push(error),
      });
    });
    const stopped = running?.stop();
    release();
    await stopped;
    expect(failures).toMatchObject([{ message: 'once' }]);
    expect(calls).toBe(2);
  });
});
