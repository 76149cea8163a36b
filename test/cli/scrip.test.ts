import { readFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { scrip } from '../process/program.js';
import { itOnDatabase as it } from '../support/database-fixture.js';

const NOWHERE = { DATABASE_URL: 'postgres://scrip:hunter2@127.0.0.1:1/scrip' };

describe('scrip', () => {
  it.each([
    [[], ['serve', 'migrate', 'user', 'token', 'schema']],
    [['user'], ['create']],
    [
      ['user', 'create'],
      ['<name>', '--admin', '--password-stdin'],
    ],
    [['token'], ['issue', 'list', 'revoke']],
    [
      ['token', 'issue'],
      ['--owner', '--name', '--scopes', 'points:add', '--expires-in', '--json'],
    ],
    [
      ['token', 'list'],
      ['--owner', '--state', '--json'],
    ],
    [
      ['token', 'revoke'],
      ['[id]', '--owner', '--issued-before'],
    ],
    [['hold'], ['<user>', '<points>', '--expires-in', '--key', '--owner']],
    [['capture'], ['<hold>', '[points]', '--to', '--key', '--owner']],
    [['ledger'], ['verify', 'explain', 'import', 'export']],
    [
      ['ledger', 'import'],
      ['<file>', '--owner', '--key-column', '--create-users'],
    ],
    [['serve'], ['SIGTERM']],
    [['migrate'], ['database']],
    [['schema', 'print'], ['schema']],
  ])('prints help for %j, without a database', async (args, words) => {
    const { status, stdout, stderr } = await scrip([...args, '--help'], { env: NOWHERE });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const word of words) expect(stdout).toContain(word);
  });

  it.each(['token', 'token issue', 'serve'])('prints the same with `help %s` as with --help', async (names) => {
    const help = await scrip(['help', ...names.split(' ')], { env: NOWHERE });
    expect(help).toEqual(await scrip([...names.split(' '), '--help'], { env: NOWHERE }));
    expect(help).toMatchObject({ status: 0, stdout: expect.stringContaining(`Usage: scrip ${names} `) });
  });

  it.each(['--version', '-V'])('prints its version with %s, without a database', async (flag) => {
    const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(await scrip([flag], { env: NOWHERE })).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    [[], 'scrip --help'],
    [['help', 'token', 'isue'], "'isue'"],
    [['help', 'token', 'issue', 'now'], "'now'"],
    [['token'], 'scrip token --help'],
    [['tokens'], "'tokens'"],
    [['token', 'isue'], 'issue'],
    [['migrate', '--force'], "'--force'"],
    [['migrate', 'now'], 'argument'],
    [['user', 'create'], "'name'"],
    [['user', 'create', 'bob smith'], 'A–Z'],
    [['token', 'issue', '--owner', 'bob', '--name', 'x'], '--scopes'],
    [['token', 'issue', '--owner', 'bob', '--name', '', '--scopes', 'points:add'], '--name'],
    [['token', 'issue', '--owner', 'bob', '--name', 'x', '--scopes', ''], 'points:add'],
    [['token', 'issue', '--owner', 'bob', '--name', 'x', '--scopes', 'points:add,POINTS_SPEND'], 'points:spend'],
    [['token', 'issue', '--owner', 'bob', '--name', 'x', '--scopes', 'points:add', '--expires-in', '0d'], '30d'],
    [['token', 'issue', '--owner', 'bob', '--name', 'x', '--scopes', 'points:add', '--expires-in', '1y'], '30d'],
    [['token', 'list', '--state', 'dead'], 'revoked'],
    [['ledger', 'export', '--format', 'xml'], 'ndjson'],
  ])('ends with 2 and one line for bad arguments: %j', async (args, word) => {
    const { status, stdout, stderr } = await scrip(args, { env: NOWHERE });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .+\n$/);
    expect(stderr).toContain(word);
  });

  it('ends with 1 and one line for bad settings', async () => {
    const { status, stdout, stderr } = await scrip(['migrate'], {
      env: { DATABASE_URL: 'hunter2', DATABASE_POOL: '1' },
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^scrip: Bad settings: DATABASE_URL .*DATABASE_POOL .*\n$/);
    expect(stderr).not.toContain('hunter2');
  });

  it('ends with 1 and one line without the password when the database cannot be used', async ({ database }) => {
    const url = new URL(database.url);
    url.password = 'hunter2';
    const { status, stdout, stderr } = await scrip(['token', 'list'], { env: { DATABASE_URL: url.href } });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^scrip: The database cannot be reached: .+\n$/);
    expect(stderr).not.toContain('hunter2');
  });
});
