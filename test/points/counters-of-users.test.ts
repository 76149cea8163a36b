import { expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { openSession } from '../support/postgres-session.js';

/** Their ids come before others, so that a scan for others passes over them. */
const USED_BY_OTHERS = `insert into token_user_counters (user_id, root_id, day, added)
  select lpad(n::text, 32, '0')::uuid, uuidv7(), now()::date, 1 from generate_series(1, 2000) n`;
const ROWS_READ = `select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables
  where relname = 'token_user_counters'`;

it('A statement reads what users have used of a limit by their keys, also one that was planned for an empty table', async ({
  server,
}) => {
  const token = await server.token(['points:add'], undefined, { limits: { maxAddedPerUserPerDay: 100 } });
  const users = [await server.user(), await server.user(), await server.user()];
  const additions = users.map(({ id }) => {
    return { kind: 'ADD', userId: id, points: 1, ownerId: token.owner.id, tokenId: token.id } as const;
  });
  await server.database.query('vacuum analyze token_user_counters');
  const session = await openSession(server.database);
  await session.apply(additions, 0); // plans it
  await server.database.query(USED_BY_OTHERS);

  await session.query('begin');
  const before = await session.query(ROWS_READ); // of transactions that were not reported yet
  const results = await session.apply(additions, 0);
  const after = await session.query(ROWS_READ);
  await session.query('commit');
  await session.end();
  expect(results.map(({ outcome }) => outcome)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
  expect(Number(after[0]?.['rows']) - Number(before[0]?.['rows'])).toBeLessThan(20);
});
