import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { openForCommand } from '../../src/database/open-database.js';
import { createDatabase } from '../support/database.js';

it.each([
  ['%', '50%off', '50%off'],
  ['% at the end', '100%', '100%'],
  ['% beside codes', '5%/ö%4', '5%%2F%C3%B6%4'],
  ['a space beside codes', 'a /b', 'a %2Fb'],
])('A password with %s is accepted as DATABASE_URL has it', async (_what, password, written) => {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const { host, pathname } = new URL(database.url);
  const role = `role_${pathname.slice(1)}`;
  await database.query(`create role ${role} superuser login password '${password}'`);
  onTestFinished(() => database.query(`drop role ${role}`).then(() => {}));
  // The URL is extended by settings only without a pooler.
  for (const DATABASE_POOLER of ['off', 'on']) {
    const DATABASE_URL = `postgres://${role}:${written}@${host}${pathname}`;
    const { database: config } = parseConfig({ DATABASE_URL, DATABASE_POOLER, DATABASE_START_TIMEOUT_SECONDS: '1' });
    const opened = await openForCommand(config, pino({ level: 'silent' }), { migrations: 'apply' });
    const { rows } = await opened.database.$client.query('select current_user as role');
    expect(rows).toEqual([{ role }]);
    await opened.close();
  }
});
