import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Migration, readMigrations } from '../../src/database/migrations.js';
import { codeVersion } from '../../src/version.js';
import type { TestDatabase } from '../support/database.js';
import { bringUp, createEmptyDatabase, firstRelease, journal, NOWHERE, ours } from './bring-up.js';

let own: TestDatabase;
beforeEach(async () => {
  own = await createEmptyDatabase();
});

/** A migration that is not one of ours. */
function migration(name: string, statements: string[], changes: Partial<Migration> = {}): Migration {
  return { name, when: 1, hash: name, oldestCode: '0.1.0', inTransaction: true, statements, ...changes };
}

describe('Migrations', () => {
  it('create the tables of an empty database, and open no connection where none is pending', async () => {
    await bringUp(own.url);
    expect(await own.query('select from balances')).toEqual([]);
    expect(await journal(own)).toEqual(ours.map(({ name }) => name));
    await bringUp(own.url, { migratesAt: NOWHERE });
  });

  it('are ended by no timeout of the pool or of the database', async () => {
    const { pathname } = new URL(own.url);
    for (const limit of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) {
      await own.query(`alter database ${pathname.slice(1)} set ${limit} = '100ms'`);
    }
    const timeouts = { connectMs: 4_000, statementMs: 100, resultMs: 500 };
    for (const inTransaction of [true, false]) {
      const slow = migration(`slow ${inTransaction}`, ['select pg_sleep(1)', 'create table slow ()'], {
        inTransaction,
      });
      await own.query('drop table if exists slow');
      await bringUp(own.url, { migrations: [slow], timeouts });
      expect(await own.query('select from slow')).toEqual([]);
    }
  });

  it.each([false, true])(
    'are applied by one of several nodes that start at once, and the others wait (pooler: %s)',
    async (behindPooler) => {
      const migrations = [
        migration('1', ['create table numbers (number int)', 'select pg_sleep(1)', 'insert into numbers values (1)']),
        ...(behindPooler
          ? []
          : [migration('2', ['create index concurrently by_number on numbers (number)'], { inTransaction: false })]),
        migration('3', ['insert into numbers values (3)']),
      ];
      await Promise.all([1, 2, 3].map(() => bringUp(own.url, { migrations, behindPooler })));
      expect(await own.query('select number from numbers order by number')).toEqual([{ number: 1 }, { number: 3 }]);
      expect(await journal(own)).toEqual(migrations.map(({ name }) => name));
    },
  );

  it('that fail change nothing, are named with the cause, and do not undo earlier ones', async () => {
    const first = migration('first', ['create table first ()']);
    const second = migration('second', ['create table second ()', 'select 1 / 0']);
    await expect(bringUp(own.url, { migrations: [first, second] })).rejects.toThrow(
      'Migration second could not be applied: division by zero.',
    );
    expect(await own.query("select to_regclass('second') as second")).toEqual([{ second: null }]);
    expect(await journal(own)).toEqual(['first']);
    await bringUp(own.url, { migrations: [first, migration('second', ['create table second ()'])] });
    expect(await journal(own)).toEqual(['first', 'second']);
  });

  it('outside a transaction are repeated after a failure between two statements', async () => {
    const statements = ['create table if not exists half ()', 'select 1 / (select count(*) from ready)'];
    const half = migration('half', statements, { inTransaction: false });
    await expect(bringUp(own.url, { migrations: [half] })).rejects.toThrow('Migration half could not be applied');
    await own.query('create table ready as select 1');
    await bringUp(own.url, { migrations: [half] });
    expect(await journal(own)).toEqual(['half']);
  });

  it('outside a transaction are refused through a pooler, and the error names the remedy', async () => {
    const outside = migration('outside', ['select 1'], { inTransaction: false });
    await expect(bringUp(own.url, { migrations: [outside], behindPooler: true })).rejects.toThrow(
      /^Migration outside: .*`scrip migrate`.*DATABASE_URL.*DATABASE_POOLER\.$/,
    );
  });

  it('declare in their files the oldest code and whether they run in a transaction', async () => {
    const copy = await firstRelease();
    await writeFile(
      join(copy, '0007_compiled_bracket.sql'),
      '-- transaction: none\n-- Why.\n-- oldest-code: 1.2.3\nselect 1;\n--> statement-breakpoint\nselect 2; -- transaction: some\n',
    );
    expect(readMigrations(new URL(`file://${copy}/`)).at(-1)).toMatchObject({
      name: '0007_compiled_bracket',
      oldestCode: '1.2.3',
      inTransaction: false,
      statements: { length: 2 },
    });
  });
});

describe('A database of newer code', () => {
  it('is served where its migrations allow this version', async () => {
    await bringUp(own.url, { migrations: [...ours, migration('newer', [], { oldestCode: codeVersion })] });
    await bringUp(own.url, { migratesAt: NOWHERE });
  });

  it('is refused where a newer node migrates it while this one waits for the lock', async () => {
    const [first, second] = [migration('first', []), migration('second', ['create table second ()'])];
    await bringUp(own.url, { migrations: [first] });
    const newer = new pg.Client({ connectionString: own.url });
    await newer.connect();
    onTestFinished(() => newer.end());
    await newer.query('begin');
    await newer.query('select pg_advisory_xact_lock($1)', [0x7363726970]);
    const older = bringUp(own.url, { migrations: [first, second] });
    const refused = expect(older).rejects.toThrow(
      /^Migration second: .+ newer needs version 99\.0\.0 .+ newer version\.$/,
    );
    const waiting = `select from pg_stat_activity where datname = current_database() and application_name = 'scrip-migrate'`;
    await expect.poll(() => own.query(waiting), { timeout: 5_000 }).not.toEqual([]);
    await newer.query(`insert into scrip_migrations (name, oldest_code) values ('newer', '99.0.0')`);
    await newer.query('commit');
    await refused;
    expect(await own.query("select to_regclass('second') as second")).toEqual([{ second: null }]);
  });

  it('is refused where one of its migrations needs a newer version', async () => {
    await bringUp(own.url, { migrations: [...ours, migration('newer', [], { oldestCode: '99.0.0' })] });
    await expect(bringUp(own.url)).rejects.toThrow(/newer needs version 99\.0\.0 or newer, and this is \d/);
  });
});
