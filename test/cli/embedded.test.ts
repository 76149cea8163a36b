import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { print } from 'graphql';
import { expect, it } from 'vitest';
import { ViewerDocument } from '../operations/generated.js';
import { addressOf, makeDirectory, scrip, startProcess } from '../process/program.js';
import { post } from '../support/http.js';

it.each([[['token', 'list']], [['ledger', 'export']]])('scrip creates no embedded database for %j', async (args) => {
  const home = join(await makeDirectory(), 'home');
  const { status, stdout, stderr } = await scrip(args, { env: { SCRIP_HOME: home } });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toBe(
    `scrip: There is no database in ${home}. Make one with \`scrip serve\` or \`scrip migrate\`, or name another by SCRIP_HOME or DATABASE_URL.\n`,
  );
  expect(existsSync(home)).toBe(false);
});

it('scrip works on the embedded database before the server runs, beside it, and after it', {
  timeout: 60_000,
}, async () => {
  const env = { SCRIP_HOME: join(await makeDirectory(), 'home'), PORT: '0' };
  const issue = ['token', 'issue', '--owner', 'bob', '--name', 'a test', '--scopes', 'users:read'];

  expect(await scrip(['migrate'], { env })).toMatchObject({ status: 0 });
  expect(await scrip(['user', 'create', 'bob'], { env })).toMatchObject({
    status: 0,
    stderr: 'Created the user bob.\n',
  });
  const server = startProcess({ env });
  const url = await addressOf(server);
  const issued = await scrip(issue, { env });
  expect(issued).toMatchObject({ status: 0, stderr: expect.stringMatching(/^Issued .*\n$/) });
  const authorization = `Bearer ${issued.stdout.trim()}`;
  const { data } = await post({ url }, { query: print(ViewerDocument) }, { authorization });
  expect(data.viewer.user.username).toBe('bob');
  const isListed = async () => {
    const { status, stdout, stderr } = await scrip(['token', 'list', '--json'], { env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'a test', state: 'ACTIVE' }]);
  };
  await isListed();

  server.process.kill('SIGTERM');
  expect(await server.end).toMatchObject({ status: 0, stderr: '' });
  await isListed();
});
