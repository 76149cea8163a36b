import { describe, expect, onTestFinished } from 'vitest';
import { LogInDocument, SignUpDocument, ViewerDocument } from '../operations/generated.js';
import { JWT_SECRET, scrip } from '../process/program.js';
import { createDatabase } from '../support/database.js';
import { it } from '../support/fixtures.js';
import { dump } from '../support/leaks.js';
import { startServer } from '../support/server.js';

const PASSWORD = 'the new password of carol';

describe('scrip restore seal', { timeout: 120_000 }, () => {
  it('is refused while an idle node serves from the database, and changes nothing', async ({ server }) => {
    await server.user({ username: 'carol', role: 'ADMIN' });
    await server.user({ username: 'bob' });
    await server.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and application_name like 'scrip%'`,
    ); // what a node without requests has ended by itself after half a minute
    const before = await durableRows(server.database);
    const { status, stdout, stderr } = await seal(server.database.url, ['--admin', 'carol']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^scrip: The database is in use: .*process \d+ \(scrip, role \w+\).* Stop every node .* Nothing was changed\.\n$/,
    );
    expect(await durableRows(server.database)).toEqual(before);
  });

  it.for([
    [
      ['--admin', 'dave'],
      {},
      1,
      'The restored database has no user dave: name one who is an ADMIN in it. Nothing was changed.',
    ],
    [
      ['--admin', 'bob'],
      {},
      1,
      'The restored database has bob as a USER: name one who is an ADMIN in it. Nothing was changed.',
    ],
    [
      ['--admin', 'carol'],
      { DATABASE_POOLER: 'on' },
      1,
      'DATABASE_POOLER is on, and behind a pooler it cannot be seen whether a node is connected: set DATABASE_URL to PostgreSQL itself, and leave DATABASE_POOLER out.',
    ],
    [[], {}, 2, 'Name the ADMIN who remains one: --admin NAME.'],
  ] as const)('is refused with %j and %j', async ([args, env, expected, line], { server }) => {
    const before = await durableRows(server.database);
    const { status, stdout, stderr } = await seal(server.database.url, args, env);
    expect({ status, stdout, stderr }).toEqual({ status: expected, stdout: '', stderr: `scrip: ${line}\n` });
    expect(await durableRows(server.database)).toEqual(before);
  });

  it('ends every credential, and with --no-passwords every other password, until one is set', async () => {
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    const env = { DATABASE_URL: database.url };
    const before = await startServer(env);
    await before.user({ username: 'carol', role: 'ADMIN' });
    const bob = { username: 'bob', password: 'the old password of bob' };
    const session = (await before.send(undefined, SignUpDocument, bob)).data.signUp.accessToken;
    const token = await before.token(['users:read']);
    await before.close();

    const { status, stdout, stderr } = await seal(database.url, ['--admin', 'carol', '--no-passwords']);

    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(/^Sealed: paused 1 token and 0 webhooks, ended 1 session, made 1 other ADMIN a USER, and /);
    expect(stderr).toContain('\nPasswords: removed those of 2 other users. ');
    expect(await database.query(`select detail from audit_events where action = 'RESTORE_SEALED'`)).toEqual([
      { detail: 'tokens: 1; sessions: 1; admins: 1; webhooks: 0; passwords removed: 2' },
    ]);
    const after = await startServer(env);
    onTestFinished(() => after.close());
    const reasonFor = async (secret: string) =>
      (await after.send(secret, ViewerDocument)).errors?.[0]?.extensions['reason'];
    expect(await reasonFor(token.secret)).toBe('TOKEN_PAUSED');
    expect(await reasonFor(session)).toBe('TOKEN_REVOKED');
    expect((await after.send(undefined, LogInDocument, bob)).errors).toHaveLength(1);
    const carol = await after.send(undefined, LogInDocument, { username: 'carol', password: PASSWORD });
    expect(carol.data.logIn.user.role).toBe('ADMIN');
    const given = await scrip(['user', 'set-password', 'bob', '--password-stdin'], { env, input: bob.password });
    expect(given).toMatchObject({ status: 0 });
    expect((await after.send(undefined, LogInDocument, bob)).errors).toBeUndefined();
  });
});

async function seal(url: string, args: readonly string[], env: Record<string, string> = {}) {
  return await scrip(['restore', 'seal', ...args, ...(args.length > 0 ? ['--password-stdin'] : [])], {
    env: { DATABASE_URL: url, JWT_SECRET, ...env },
    input: PASSWORD,
  });
}

/** Every row but those that a running node writes by itself. */
async function durableRows(database: Parameters<typeof dump>[0]) {
  const { users, tokens, sessions, webhooks, audit_events: events } = await dump(database);
  return { users, tokens, sessions, webhooks, events };
}
