import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimes } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createDatabase } from '../support/database.js';
import { JWT_SECRET, makeDirectory } from './program.js';

const root = new URL('../../', import.meta.url);

it('npm run dev restarts the server when the schema changes, which it reads and does not import', {
  timeout: 60_000,
}, async () => {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const home = await makeDirectory();
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: home, SCRIP_HOME: home, DATABASE_URL: database.url, JWT_SECRET, PORT: '0' };
  const dev = spawn(process.execPath, ['tools/dev.mjs'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const end = once(dev, 'close');
  onTestFinished(async () => {
    dev.kill('SIGTERM');
    await end;
  });
  let said = '';
  dev.stdout.on('data', (text) => (said += text));
  const starts = () => said.split('Health ').length - 1;
  while (starts() < 1) await once(dev.stdout, 'data');
  const now = new Date();
  await utimes(new URL('schema/posts.graphql', root), now, now); // as an editor does that saves what has not changed
  while (starts() < 2) await once(dev.stdout, 'data');
  expect(said).toMatch(/"stopping".*Health /s);
});
