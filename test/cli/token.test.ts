import { describe, expect } from 'vitest';
import { AddPointsDocument, ViewerDocument, ViewerTokenDocument } from '../operations/generated.js';
import { JWT_SECRET, scrip } from '../process/program.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({ JWT_SECRET });
it.beforeAll(async ({ server }) => {
  await server.user({ username: 'bob' });
});

describe('scrip token issue', () => {
  it('prints the secret alone, which works at once', async ({ server }) => {
    const { status, stdout, stderr } = await token(
      server,
      'issue',
      '--owner',
      'BOB',
      '--name',
      'web shop',
      '--scopes',
      'points:spend,points:add',
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/^scrip_app_[0-9A-Za-z]{49}\n$/);
    expect(stderr).not.toContain(stdout.trim());
    const { data } = await server.send(stdout.trim(), ViewerTokenDocument);
    expect(data.viewer.token).toEqual({
      id: /token (\S+) to bob/.exec(stderr)?.[1],
      name: 'web shop',
      scopes: ['POINTS_ADD', 'POINTS_SPEND'],
      expiresAt: null,
      issuedBy: null,
      owner: { username: 'bob' },
    });
  });

  it.for([
    ['45s', 45],
    ['15m', 900],
    ['12h', 43_200],
    ['30d', 2_592_000],
  ] as const)(
    'issues a token that expires %s from now, as JSON with the names of the API',
    async ([duration, seconds], { server }) => {
      const args = [
        '--owner',
        'bob',
        '--name',
        duration,
        '--scopes',
        'points:add,points:add',
        '--expires-in',
        duration,
      ];
      const before = Date.now();
      const { status, stdout, stderr } = await token(server, 'issue', ...args, '--json');
      expect(status).toBe(0);
      const { secret, token: issued } = JSON.parse(stdout);
      expect(stderr).not.toContain(secret);
      expect(issued).toEqual({
        id: expect.any(String),
        name: duration,
        format: 'OPAQUE',
        hint: `scrip_app_…${secret.slice(-4)}`,
        scopes: ['points:add'],
        owner: { id: expect.any(String), username: 'bob' },
        issuedBy: null,
        issuedAt: expect.any(String),
        expiresAt: expect.any(String),
        lastUsedAt: null,
        revokedAt: null,
        pausedAt: null,
        state: 'ACTIVE',
        limits: null,
        networks: [],
      });
      const end = Date.parse(issued.expiresAt) - seconds * 1_000;
      expect(end).toBeGreaterThanOrEqual(before);
      expect(end).toBeLessThanOrEqual(Date.now());
    },
  );

  it('issues a JSON Web Token that the server accepts', async ({ server }) => {
    const { status, stdout } = await token(
      server,
      'issue',
      '--owner',
      'bob',
      '--name',
      'a JWT',
      '--scopes',
      'points:add',
      '--jwt',
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { data } = await server.send(stdout.trim(), ViewerTokenDocument);
    expect(data.viewer.token).toMatchObject({ name: 'a JWT', scopes: ['POINTS_ADD'], owner: { username: 'bob' } });
  });

  it('issues a token with limits and networks, which `scrip token show` shows', async ({ server }) => {
    const { status, stdout, stderr } = await token(
      server,
      'issue',
      ...['--owner', 'bob', '--name', 'limited', '--scopes', 'points:add', '--json'],
      ...['--max-per-change', '50', '--max-added-per-day', '1000', '--max-spent-per-day', '2000'],
      ...['--max-added-per-user-per-day', '100', '--max-spent-per-user-per-day', '200', '--requests-per-minute', '60'],
      ...['--network', '127.0.0.1', '--network', '::1', '--network', '127.0.0.1/32'],
    );
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('Issued the token') });
    const { secret, token: issued } = JSON.parse(stdout);
    const limits = {
      maxPointsPerChange: 50,
      maxAddedPerDay: 1000,
      maxSpentPerDay: 2000,
      maxAddedPerUserPerDay: 100,
      maxSpentPerUserPerDay: 200,
      requestsPerMinute: 60,
    };
    expect(issued).toMatchObject({ limits, networks: ['127.0.0.1/32', '::1/128'] });
    const { id } = await server.user();
    const added = await server.send(secret, AddPointsDocument, { input: { user: { id }, points: 5 } });
    expect(added.errors).toBeUndefined();

    const shown = await token(server, 'show', issued.id, '--json');
    expect(JSON.parse(shown.stdout)).toEqual({
      ...issued,
      lastUsedAt: null, // it is recorded within a minute
      documentCount: 0,
      today: { day: expect.stringMatching(/T00:00:00.000Z$/), added: 5, spent: 0 },
    });
    const { stdout: table } = await token(server, 'show', issued.id.toUpperCase());
    const lines = ['NAME limited', 'STATE active', 'OWNER bob', 'ISSUED BY the command line', 'ENDS never'];
    const more = ['NETWORKS 127.0.0.1/32,::1/128', 'DOCUMENTS any', 'MAX ADDED PER DAY 1000', 'ADDED TODAY 5'];
    expect(table.split('\n').map((line) => line.replace(/ {2,}/, ' '))).toEqual(
      expect.arrayContaining([`ID ${issued.id}`, ...lines, ...more, 'REQUESTS PER MINUTE 60', 'SPENT TODAY 0']),
    );
    expect(shown.stdout + table).not.toContain(secret);
  });

  it.for([
    ['--max-per-change', '0'],
    ['--max-added-per-day', '-1'],
    ['--max-spent-per-day', '1.5'],
    ['--max-added-per-user-per-day', '9007199254740992'],
    ['--max-spent-per-user-per-day', 'many'],
    ['--requests-per-minute', '2147483648'],
    ['--network', '10.0.0.1/8'],
    ['--network', ''],
  ] as const)('says in one line that %s %s is bad', async ([option, value], { server }) => {
    const args = ['--owner', 'bob', '--name', 'x', '--scopes', 'points:add', `${option}=${value}`];
    const { status, stdout, stderr } = await token(server, 'issue', ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^scrip: .*${option}.*\n$`));
  });

  it('is refused for an owner who does not exist', async ({ server }) => {
    const { status, stdout, stderr } = await token(
      server,
      'issue',
      '--owner',
      'nobody',
      '--name',
      'x',
      '--scopes',
      'points:add',
    );
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: 'scrip: There is no such user.\n' });
  });
});

describe('scrip token list', () => {
  it('lists every token, newest first, beyond a page', async ({ server }) => {
    const owner = await server.user({ username: 'many' });
    const issued: string[] = [];
    for (let count = 0; count < 101; count++) issued.unshift((await server.token(['posts:read'], owner)).id);
    const { status, stdout, stderr } = await token(server, 'list', '--owner', 'Many', '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual(issued);
  });

  it('lists the tokens of one state', async ({ server }) => {
    const owner = await server.user();
    const [active, revoked] = [await server.token(['posts:read'], owner), await server.token(['posts:read'], owner)];
    await token(server, 'revoke', revoked.id);
    const list = async (state: string) =>
      JSON.parse((await token(server, 'list', '--state', state, '--owner', owner.username, '--json')).stdout);
    expect(await list('active')).toMatchObject([{ id: active.id, state: 'ACTIVE', revokedAt: null }]);
    expect(await list('REVOKED')).toMatchObject([{ id: revoked.id, state: 'REVOKED', revokedAt: expect.any(String) }]);
    expect(await list('expired')).toEqual([]);
    await token(server, 'pause', active.id);
    expect(await list('paused')).toMatchObject([{ id: active.id, state: 'PAUSED', pausedAt: expect.any(String) }]);
    expect(await list('active')).toEqual([]);
  });

  it('prints a table, with control characters of a name escaped', async ({ server }) => {
    const name = 'red \u001b[31m\u202e\nalert';
    await token(server, 'issue', '--owner', 'bob', '--name', name, '--scopes', 'points:add');
    const { stdout } = await token(server, 'list', '--owner', 'bob');
    const [head, first] = stdout.split('\n');
    expect(head).toMatch(/^ID +STATE +OWNER +NAME +SECRET +ENDS +LAST USED +SCOPES$/);
    expect(first).toMatch(
      /^[0-9a-f-]{36} +active +bob +red \\u\{1b\}\[31m\\u\{202e\}\\u\{a\}alert +scrip_app_…\w{4} +never +never +points:add$/,
    );
  });

  it('is refused for an owner who does not exist', async ({ server }) => {
    const { status, stdout, stderr } = await token(server, 'list', '--owner', 'nobody');
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: 'scrip: There is no such user.\n' });
  });
});

describe('scrip token pause and scrip token resume', () => {
  it('pause a token at once, and make it valid again; a second time is no error', async ({ server }) => {
    const { id, secret } = await server.token(['posts:read']);
    for (const [command, done, status] of [
      ['pause', 'Paused', 401],
      ['resume', 'Resumed', 200],
    ] as const) {
      for (let time = 0; time < 2; time++) {
        const end = { status: 0, stdout: '', stderr: `${done} the token ${id}.\n` };
        expect(await token(server, command, id)).toEqual(end);
        expect((await server.send(secret, ViewerDocument)).status).toBe(status);
      }
    }
    const { stdout } = await token(server, 'show', id);
    expect(stdout).toMatch(/^STATE +active$/m);
  });

  it('are refused for a token that was revoked', async ({ server }) => {
    const { id } = await server.token(['posts:read']);
    await token(server, 'revoke', id);
    for (const command of ['pause', 'resume']) {
      const stderr = 'scrip: This token has ended. Issue a new one.\n';
      expect(await token(server, command, id)).toEqual({ status: 1, stdout: '', stderr });
    }
  });

  it.for(['pause', 'resume', 'show'])('%s is refused for an id that no token has', async (command, { server }) => {
    const stderr = 'scrip: There is no such token.\n';
    expect(await token(server, command, 'no id')).toEqual({ status: 1, stdout: '', stderr });
    expect((await token(server, command)).status).toBe(2);
  });
});

async function token(server: TestServer, ...args: string[]) {
  return await scrip(['token', ...args], { env: { JWT_SECRET, DATABASE_URL: server.database.url } });
}
