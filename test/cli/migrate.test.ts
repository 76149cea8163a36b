import { expect, it } from 'vitest';
import { scrip } from '../process/program.js';
import { createDatabase } from '../support/database.js';

it('scrip migrate brings an empty database to this version, and may be repeated', async () => {
  const database = await createDatabase();
  await database.query('drop schema public cascade; create schema public');
  const env = { DATABASE_URL: database.url };
  for (let time = 0; time < 2; time++) {
    expect(await scrip(['migrate'], { env })).toEqual({
      status: 0,
      stdout: '',
      stderr: 'The database is up to date.\n',
    });
    expect(await database.query('select from users')).toEqual([]);
  }
  await database.drop();
});
