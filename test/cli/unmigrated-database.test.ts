import { beforeEach, describe, expect, it } from 'vitest';
import { bringUp, createEmptyDatabase, ours } from '../database/bring-up.js';
import { scrip } from '../process/program.js';
import type { TestDatabase } from '../support/database.js';

const COMMANDS = [
  ['ledger', 'verify'],
  ['ledger', 'export'],
  ['token', 'list'],
  ['user', 'create', 'bob'],
  ['user', 'rename', '0198c0de-0000-7000-8000-000000000000', 'bob'],
];

let own: TestDatabase;
beforeEach(async () => {
  own = await createEmptyDatabase();
});

const run = (args: readonly string[]) => scrip(args, { env: { DATABASE_URL: own.url } });

const refused = (message: string) => ({ status: 1, stdout: '', stderr: `scrip: ${message}\n` });

describe('A command that is neither serve nor migrate', () => {
  it.each(COMMANDS)('creates no table in an empty database: %s %s', async (...args) => {
    expect(await run(args)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^scrip: There is no database in \S+:\d+\/test_\w+\. Make one with `scrip serve` or `scrip migrate`, .*\n$/,
      ),
    });
    expect(await own.query("select relname from pg_class where relnamespace = 'public'::regnamespace")).toEqual([]);
  });

  it('refuses a database that has migrations pending, and applies none', async () => {
    const applied = ours.slice(0, -1);
    await bringUp(own.url, { migrations: applied });
    expect(await run(['ledger', 'verify'])).toEqual(
      refused('The database has migrations pending. Run `scrip migrate`.'),
    );
    expect(await own.query('select count(*)::int from scrip_migrations')).toEqual([{ count: applied.length }]);
    expect(await run(['migrate'])).toMatchObject({ status: 0 });
    expect(await run(['ledger', 'verify'])).toMatchObject({ status: 0 });
  });

  it('refuses a database that requires newer code', async () => {
    await bringUp(own.url);
    await own.query(`insert into scrip_migrations (name, oldest_code) values ('newer', '99.0.0')`);
    expect(await run(['ledger', 'verify'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/made by a newer version of Scrip: newer needs version 99/),
    });
  });
});
