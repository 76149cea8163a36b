import { describe, expect } from 'vitest';
import { scrip } from '../process/program.js';
import type { TestDatabase } from '../support/database.js';
import { itOnDatabase as it } from '../support/database-fixture.js';

describe('scrip user rename', () => {
  it('is refused for a name that rests, but not to its last user', async ({ database }) => {
    const [first, second] = [await create(database, 'fred'), await create(database, 'gus')];
    expect(await rename(database, first.stdout.trimEnd(), 'fred-2')).toMatchObject({ status: 0 });
    const refused = await rename(database, second.stdout.trimEnd(), 'fred');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/^scrip: That name was freed recently\. /);
    expect(await rename(database, first.stdout.trimEnd(), 'fred')).toMatchObject({ status: 0 });
  });

  it('works before the migration that lets names rest', async ({ database }) => {
    const { stdout } = await create(database, 'hugo');
    await database.query('drop table resting_usernames');
    await database.query(`delete from scrip_migrations where name = '0017_external_ids_and_references'`);
    expect(await rename(database, stdout.trimEnd(), 'hugo-2')).toMatchObject({
      status: 0,
      stderr: `Renamed the user ${stdout.trimEnd()} to hugo-2.\n`,
    });
  });
});

async function create({ url }: TestDatabase, name: string) {
  return await scrip(['user', 'create', name], { env: { DATABASE_URL: url } });
}

async function rename({ url }: TestDatabase, id: string, name: string) {
  return await scrip(['user', 'rename', id, name], { env: { DATABASE_URL: url } });
}
