import { eq, sql } from 'drizzle-orm';
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { expect, it, onTestFinished } from 'vitest';
import { prepare } from '../../src/database/prepare.js';
import { createDatabase, openPool } from '../support/database.js';

const parrots = pgTable('parrots', {
  id: integer().primaryKey(),
  name: text(),
  hatchedAt: timestamp('hatched_at', { withTimezone: true }).notNull(),
});

// `prepare` reads members that Drizzle's types hide.
it('Prepared selects return the rows that Drizzle returns', async () => {
  const own = await createDatabase();
  const { database, close } = openPool(own.url);
  onTestFinished(async () => {
    await close();
    await own.drop();
  });
  await own.query('create table parrots (id int primary key, name text, hatched_at timestamptz not null)');
  await own.query(`insert into parrots values (1, 'Polly', '2026-01-02T03:04:05.678Z'), (2, null, 'epoch')`);
  const select = () =>
    database
      .select({
        id: parrots.id,
        bird: { name: parrots.name, hatchedAt: parrots.hatchedAt },
        count: sql<number>`count(*) over ()`.mapWith(Number), // text in the driver
        fixed: sql<string>`'text'`,
      })
      .from(parrots);

  const all = prepare(database, 'all_parrots', select().orderBy(parrots.id));
  const rows = await all({});
  expect(rows).toEqual(await select().orderBy(parrots.id));
  expect(rows[0]).toEqual({
    id: 1,
    bird: { name: 'Polly', hatchedAt: new Date('2026-01-02T03:04:05.678Z') },
    count: 2,
    fixed: 'text',
  });

  const one = prepare(database, 'one_parrot', select().where(eq(parrots.id, sql.placeholder('id'))));
  expect(await one({ id: 2 })).toEqual(await select().where(eq(parrots.id, 2)));
  expect(await one({ id: 3 })).toEqual([]);
});
