import { describe, expect, it } from 'vitest';
import { bodyOf, leaksIn } from '../support/leaks.js';
import { startServer } from '../support/server.js';

describe('A leaked secret', () => {
  it('is recognized by its form, and a password because it was sent', async () => {
    const server = await startServer();
    const { secret } = await server.token(['users:read']);
    const { accessToken, refreshToken } = await server.session();
    await server.close();
    bodyOf({ variables: { input: { newPassword: 'a "quoted" word' } } });
    for (const leak of [secret, accessToken, refreshToken, 'a "quoted" word']) {
      expect(leaksIn(`{"reason":${JSON.stringify(`x ${leak} y`)}}`)).toEqual([leak]);
    }
    const hint = `scrip_app_…${secret.slice(-4)}`;
    expect(leaksIn(`${secret.slice(0, -1)} ${hint} ${accessToken.split('.')[1]} a quoted word`)).toEqual([]);
  });

  it('in the log fails the test file, though the test cleared the log', async () => {
    const server = await startServer();
    const { secret } = await server.token(['users:read']);
    await server.send(secret, `query ${secret} { viewer { kind } }`); // a secret as the operation's name is logged
    await expect.poll(() => server.log.join()).toContain(secret);
    server.log.length = 0;
    await expect(server.close()).rejects.toThrow('No secret is in the log or in a table');
  });

  it.each(['refreshToken', 'accessToken'] as const)('as a %s in a table fails the test file', async (kind) => {
    const server = await startServer();
    const session = await server.session();
    const { id } = await server.post(session.user);
    await server.database.query('update posts set body = $2 where id = $1', [id, session[kind]]);
    await expect(server.close()).rejects.toThrow('No secret is in the log or in a table');
  });

  it('in an error fails the test that receives it', async () => {
    const server = await startServer();
    const { secret } = await server.token(['users:read']);
    await expect(server.send(secret, `{ ${secret} }`)).rejects.toThrow('to deeply equal []'); // GraphQL names the field that is not there
    await server.close();
  });
});
