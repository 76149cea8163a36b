import { describe, expect } from 'vitest';
import { LogInDocument, ViewerDocument } from '../operations/generated.js';
import { scrip } from '../process/program.js';
import { it } from '../support/fixtures.js';
import type { TestServer } from '../support/server.js';

describe('scrip user set-password', () => {
  it('sets the password on standard input, without its last line break, and ends all sessions', async ({ server }) => {
    const session = await server.session();
    const { username } = session.user;
    const { status, stdout, stderr } = await set(
      server,
      [username.toUpperCase(), '--password-stdin'],
      'correct horse\n',
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toBe(`Set the password of ${username} and ended all their sessions.\n`);
    expect((await server.send(session, ViewerDocument)).errors?.[0]?.extensions['reason']).toBe('TOKEN_REVOKED');
    expect(
      (await server.send(undefined, LogInDocument, { username, password: 'correct horse' })).errors,
    ).toBeUndefined();
    const events = await server.database.query('select action from audit_events where subject_id = $1', [
      session.user.id,
    ]);
    expect(events).toContainEqual({ action: 'PASSWORD_CHANGED' });
  });

  it('generates a password and prints it alone', async ({ server }) => {
    const { username } = await server.user({ role: 'ADMIN' });
    const { status, stdout, stderr } = await set(server, [username]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^[\w-]{24}\n$/);
    expect(stderr).not.toContain(stdout.trimEnd());
    expect(
      (await server.send(undefined, LogInDocument, { username, password: stdout.trimEnd() })).errors,
    ).toBeUndefined();
  });

  it.for([
    ['is too short', 'horse\n'],
    ['is too common', 'password1\n'],
    ['is missing', ''],
    ['is not UTF-8', Buffer.from('correct h\xf6rse', 'latin1')],
  ])('changes nothing when the password %s', async ([_, input], { server }) => {
    const session = await server.session();
    const { status, stdout, stderr } = await set(server, [session.user.username, '--password-stdin'], input);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .*password.*\n$/i);
    expect((await server.send(session, ViewerDocument)).status).toBe(200);
  });

  it('is refused for a user who does not exist', async ({ server }) => {
    const { status, stdout, stderr } = await set(server, ['nobody-here']);
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: 'scrip: There is no such user.\n' });
  });
});

async function set(server: TestServer, args: string[], input: string | Uint8Array = '') {
  return await scrip(['user', 'set-password', ...args], { env: { DATABASE_URL: server.database.url }, input });
}
