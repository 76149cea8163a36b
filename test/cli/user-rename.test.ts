import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { scrip } from '../process/program.js';
import type { TestDatabase } from '../support/database.js';
import { itOnDatabase as it } from '../support/database-fixture.js';

describe('scrip user rename', () => {
  it('is refused for a name that rests, but not to its last user', async ({ database }) => {
    const [first, second] = [await insertUser(database, 'fred'), await insertUser(database, 'gus')];
    expect(await rename(database, first, 'fred-2')).toMatchObject({ status: 0 });
    const refused = await rename(database, second, 'fred');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/^scrip: That name was freed recently\. It can be taken from \S+Z on\.\n$/);
    expect(await rename(database, first, 'fred')).toMatchObject({ status: 0 });
  });

  it('works before the migration that lets names rest', async ({ database }) => {
    const id = await insertUser(database, 'hugo');
    await database.query('drop table resting_usernames');
    await database.query(`delete from scrip_migrations where name = '0017_external_ids_and_references'`);
    const stderr = `Renamed the user ${id} to hugo-2.\n`;
    expect(await rename(database, id, 'hugo-2')).toEqual({ status: 0, stdout: '', stderr });
  });
});

async function insertUser(database: TestDatabase, username: string): Promise<string> {
  const id = randomUUID();
  await database.query(`insert into users (id, username, role) values ($1, $2, 'USER')`, [id, username]);
  await database.query('insert into balances (user_id) values ($1)', [id]);
  return id;
}

async function rename({ url }: TestDatabase, id: string, name: string) {
  return await scrip(['user', 'rename', id, name], { env: { DATABASE_URL: url } });
}
