import { describe, expect } from 'vitest';
import { UserDocument } from '../operations/generated.js';
import { scrip } from '../process/program.js';
import { it } from '../support/fixtures.js';
import type { TestServer } from '../support/server.js';

const run = (server: TestServer, args: string[]) =>
  scrip(['user', ...args], { env: { DATABASE_URL: server.database.url } });

/** The id of the user who has an id in another system. */
async function holder(server: TestServer, issuer: string, id: string): Promise<string | undefined> {
  const token = await server.token(['users:read']);
  return (await server.send(token, UserDocument, { by: { external: { issuer, id } } })).data.user?.id;
}

describe('scrip user create --external', () => {
  it('links the new user to each id, whose issuer ends at the first colon', async ({ server }) => {
    const args = ['create', 'bob', '--external', 'twitch:1', '--external', 'oidc:https://login.example.com/:x'];
    const { status, stdout } = await run(server, args);
    expect(status).toBe(0);
    expect(await holder(server, 'twitch', '1')).toBe(stdout.trimEnd());
    expect(await holder(server, 'oidc', 'https://login.example.com/:x')).toBe(stdout.trimEnd());
  });

  it.for<[externals: string[], message: RegExp]>([
    [['twitch'], /ISSUER:ID/],
    [['Twitch:1'], /issuer/],
    [['twitch:'], /1 to 255 characters/],
    [['twitch:5', 'twitch:5'], /repeats/],
  ])('creates no user for %j', async ([externals, message], { server }) => {
    const { status, stdout, stderr } = await run(server, [
      'create',
      'eve',
      ...externals.flatMap((external) => ['--external', external]),
    ]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .*\n$/);
    expect(stderr).toMatch(message);
    expect(await server.database.query(`select 1 from users where username = 'eve'`)).toEqual([]);
  });
});

describe('scrip user link and scrip user unlink', () => {
  it('link a user by name, in any case, and unlink the id', async ({ server }) => {
    const { id, username } = await server.user();
    expect(await run(server, ['link', username.toUpperCase(), 'discord:a:b'])).toEqual({
      status: 0,
      stdout: '',
      stderr: `Linked the user ${username} to discord:a:b.\n`,
    });
    expect(await holder(server, 'discord', 'a:b')).toBe(id);
    expect(await run(server, ['unlink', 'discord:a:b'])).toEqual({
      status: 0,
      stdout: '',
      stderr: `Unlinked discord:a:b from the user ${username}.\n`,
    });
    expect(await holder(server, 'discord', 'a:b')).toBeUndefined();
  });

  it('are refused where another user has the id, or no user has the name or the id', async ({ server }) => {
    const { username } = await server.user();
    await server.user({ externalIds: [{ issuer: 'discord', id: 'taken' }] });
    for (const [args, message] of [
      [['link', username, 'discord:taken'], 'Another user, without points, has that external id.'],
      [['link', 'nobody-here', 'discord:free'], 'There is no such user.'],
      [['unlink', 'discord:free'], 'There is no such user.'],
    ] as const) {
      expect(await run(server, [...args])).toEqual({ status: 1, stdout: '', stderr: `scrip: ${message}\n` });
    }
  });

  it.for(['discord', 'Discord:1', 'discord:'])('refuse %j', async (external, { server }) => {
    const { username } = await server.user();
    for (const args of [
      ['link', username, external],
      ['unlink', external],
    ]) {
      const { status, stderr } = await run(server, args);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^scrip: .*\n$/);
    }
  });
});
