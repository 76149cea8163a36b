import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openForCommand } from '../../src/database/open-database.js';
import { AddPointsDocument, CreateUserDocument } from '../operations/generated.js';
import { JWT_SECRET, startProcess } from '../process/program.js';
import { createDatabase } from '../support/database.js';
import { startServer } from '../support/server.js';

async function readOnly(options?: string) {
  const database = await createDatabase(options);
  onTestFinished(() => database.drop());
  await database.query(
    `alter database "${new URL(database.url).pathname.slice(1)}" set default_transaction_read_only = on`,
  );
  return database.url;
}

/** The error of a start. */
async function refusal(url: string): Promise<string> {
  const opened = openForCommand(
    {
      source: { kind: 'url', url },
      poolSize: 2,
      behindPooler: false,
      listenUrl: undefined,
      home: '.',
      durability: 'server',
      startTimeoutSeconds: 1,
      requireSyncStandby: false,
    },
    pino({ level: 'silent' }),
    { migrations: 'apply' },
  );
  return String(
    await opened.then(
      ({ close }) => close(),
      (error: unknown) => error,
    ),
  );
}

describe('A database that is read-only', () => {
  it.each([
    ['is migrated', undefined],
    ['is empty', "template template0 encoding 'UTF8'"],
  ])('and %s is waited for until the timeout, whose error says that it is read-only', async (_state, options) => {
    expect(await refusal(await readOnly(options))).toMatch(
      /: The database cannot be used: \S+ after 1 s \(.*\): the database is read-only\.$/,
    );
  });

  it('is logged once by a start that waits for it', async () => {
    const env = { JWT_SECRET, PORT: '0', DATABASE_URL: await readOnly(), DATABASE_START_TIMEOUT_SECONDS: '4' };
    const { status, stdout } = await startProcess({ env }).end;
    expect(status).toBe(1);
    expect(stdout.match(/"event":"database_\w+"/g)).toEqual(['"event":"database_awaited"']);
  });

  it('makes changes fail with UNAVAILABLE and no effect, and /readyz names the cause', async () => {
    const server = await startServer();
    onTestFinished(() => server.close());
    const token = await server.everything();
    const name = new URL(server.database.url).pathname.slice(1);
    await server.database.query(`alter database "${name}" set default_transaction_read_only = on`);
    await server.database.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await expect
      .poll(async () => (await fetch(`${server.url}/readyz`)).json(), { timeout: 15_000 })
      .toMatchObject({ reason: 'the database is read-only' });
    const { errors } = await server.send(token, CreateUserDocument, { input: { username: 'late' } });
    expect(errors).toMatchObject([
      { message: 'The database is unavailable. Retry shortly.', extensions: { code: 'UNAVAILABLE' } },
    ]);
    const change = await server.send(token, AddPointsDocument, { input: { user: { username: 'admin' }, points: 1 } });
    expect(change).toMatchObject({ status: 503, errors: [{ extensions: { code: 'UNAVAILABLE', effect: 'NONE' } }] });
    await server.database.query(`alter database "${name}" reset default_transaction_read_only`);
  });
});

describe('A setting of the URL that PostgreSQL rejects', () => {
  it.each([
    ['nosuch=5', /: unrecognized configuration parameter "nosuch"\.$/],
    ['work_mem=x', /: invalid value for parameter "work_mem": "x"\.$/],
  ])('ends a start at once: %s', async (setting, reason) => {
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    const url = new URL(database.url);
    url.searchParams.set('options', `-c ${setting}`);
    const message = await refusal(url.href);
    expect(message).toMatch(reason);
    expect(message).not.toContain('DATABASE_START_TIMEOUT_SECONDS');
  });
});
