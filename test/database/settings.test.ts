import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { inspectServer, refuseBlindRole } from '../../src/database/inspect-server.js';
import { IssueTokenDocument, type IssueTokenInput } from '../operations/generated.js';
import { createDatabase, openPool, type TestDatabase } from '../support/database.js';
import { startServer } from '../support/server.js';

let own: TestDatabase;
let name: string;
beforeAll(async () => {
  own = await createDatabase();
  name = new URL(own.url).pathname.slice(1);
});
afterAll(() => own.drop());

/** Every setting that changes what a statement means or returns, as a role or a database may have it. */
const UNUSUAL = {
  DateStyle: 'German',
  IntervalStyle: 'sql_standard',
  TimeZone: 'Asia/Kolkata',
  extra_float_digits: '-15',
  bytea_output: 'escape',
  standard_conforming_strings: 'off',
  array_nulls: 'off',
  client_encoding: 'LATIN1',
  client_min_messages: 'error',
};

describe('The settings of a database', () => {
  it.each(['German', 'SQL, DMY', 'Postgres, MDY'])('with the DateStyle %s change no instant', async (style) => {
    const database = await createDatabase();
    for (const [setting, value] of Object.entries({ ...UNUSUAL, DateStyle: style })) {
      await database.query(`alter database ${new URL(database.url).pathname.slice(1)} set ${setting} = '${value}'`);
    }
    const server = await startServer({ DATABASE_URL: database.url });
    const token = await server.everything();
    const expiresAt = '2031-02-03T04:05:06.000Z';
    const input: IssueTokenInput = { name: 'a\\b', scopes: ['USERS_READ'], expiresAt };
    const { data } = await server.send(token, IssueTokenDocument, { input });
    expect(data.issueToken.token).toMatchObject({ name: 'a\\b', expiresAt });
    const list = await server.send(token, '{ tokens { nodes { issuedAt } } users { nodes { createdAt } } }');
    expect(list.errors).toBeUndefined();
    const instants = [
      ...list.data.tokens.nodes.map(({ issuedAt }: { issuedAt: string }) => issuedAt),
      ...list.data.users.nodes.map(({ createdAt }: { createdAt: string }) => createdAt),
    ];
    expect(instants).toHaveLength(4); // two tokens, their owner and the first administrator
    for (const instant of instants) expect(Math.abs(Date.now() - Date.parse(instant))).toBeLessThan(600_000);
    await server.close();
    await database.drop();
  });

  it('are overridden at connect, also where DATABASE_URL has them; its other settings stay', async () => {
    const url = new URL(own.url);
    url.searchParams.set('options', '-c datestyle=German -c work_mem=5MB');
    const { database, close } = openPool(url.href, { poolSize: 1 });
    onTestFinished(close);
    const { rows } = await database.$client.query(
      "select current_setting('datestyle') as style, current_setting('work_mem') as memory, current_setting('plan_cache_mode') as plans",
    );
    expect(rows).toEqual([{ style: 'ISO, YMD', memory: '5MB', plans: 'force_generic_plan' }]);
  });
});

/** The warnings of a process with these options about the database, or why it is refused. */
async function inspect({
  behindPooler = false,
  connections = 24,
  durability = 'server' as const,
  url = own.url,
} = {}): Promise<readonly string[] | string> {
  const { database, close } = openPool(url, { poolSize: 1, behindPooler });
  try {
    return await inspectServer(database, { behindPooler, durability, connections });
  } catch (error) {
    return String(error);
  } finally {
    await close();
  }
}

describe('Through a pooler, which takes no settings at connect,', () => {
  // The driver itself sends client_encoding, and a time zone changes no result.
  const { client_encoding: _, TimeZone: __, ...refused } = UNUSUAL;
  it.each(Object.entries(refused))(
    '%s = %s is refused, and the error has the command that fixes it',
    async (setting, value) => {
      const role = `"${new URL(own.url).username}"`;
      const levels = [`database ${name}`, `role ${role} in database ${name}`]; // the second one overrides the first
      for (const level of levels) await own.query(`alter ${level} set ${setting} = '${value}'`);
      onTestFinished(async () => {
        for (const level of levels) await own.query(`alter ${level} reset ${setting}`);
      });
      const refusal = await inspect({ behindPooler: true });
      expect(refusal).toContain(`${setting} is ${value}`);
      const [, command = ''] = /run (ALTER ROLE "\w+" IN DATABASE "\w+" SET \w+ = '[^']+')/.exec(String(refusal)) ?? [];
      expect(await inspect()).toEqual([]);
      await own.query(command);
      expect(await inspect({ behindPooler: true })).toBeInstanceOf(Array);
    },
  );

  it('missing timeouts cause a warning with the commands that set them', async () => {
    const [warning, ...more] = await inspect({ behindPooler: true });
    expect(more).toEqual([]);
    expect(warning).toMatch(
      /lock_timeout.*statement_timeout.*idle_in_transaction_session_timeout.*ALTER ROLE .* SET lock_timeout = '1500ms'/,
    );
    for (const limit of ['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout']) {
      await own.query(`alter database ${name} set ${limit} = '2s'`);
    }
    expect(await inspect({ behindPooler: true })).toEqual([]);
  });
});

describe('A database', () => {
  it('in another encoding than UTF8 is refused with the cause', async () => {
    const latin1 = await createDatabase("template template0 encoding 'LATIN1' locale 'C'");
    expect(await inspect({ url: latin1.url })).toMatch(/its encoding is LATIN1.*ENCODING 'UTF8'/);
    await latin1.drop();
  });

  it.each([
    ['synchronous_commit', 'off'],
    ['zero_damaged_pages', 'on'],
    ['ignore_checksum_failure', 'on'],
  ])('with %s = %s is refused', async (setting, value) => {
    await own.query(`alter database ${name} set ${setting} = '${value}'`);
    onTestFinished(() => own.query(`alter database ${name} reset ${setting}`).then(() => {}));
    expect(await inspect()).toContain(`${setting} is ${value}`);
  });

  it('that REQUIRE_SYNC_STANDBY refuses is accepted after the GRANT of the error, whatever the name of the role', async () => {
    await own.query(`create role "my-svc" login password 'a role of the tests'`);
    onTestFinished(() => own.query('drop role "my-svc"').then(() => {}));
    const url = Object.assign(new URL(own.url), { username: 'my-svc', password: 'a role of the tests' }).href;
    const { database, close } = openPool(url, { poolSize: 1 });
    const refusal = String(await refuseBlindRole(database).catch((error: unknown) => error));
    await own.query(/GRANT .*(?=\.$)/.exec(refusal)?.[0] ?? '');
    await expect(refuseBlindRole(database)).resolves.toBeUndefined();
    await close();
  });

  it.each([
    ['role', 'alter role few_of_role connection limit 20'],
    ['database', 'alter database NAME connection limit 20'],
  ])('whose %s allows fewer connections than the process may open causes a warning', async (which, limit) => {
    await own.query(`create role few_of_${which} login password 'a role of the tests'`);
    await own.query(limit.replace('NAME', name));
    const url = new URL(own.url);
    url.username = `few_of_${which}`;
    url.password = 'a role of the tests';
    expect(await inspect({ url: url.href, connections: 20 })).toEqual([]);
    expect(await inspect({ url: url.href, connections: 21 })).toEqual([
      expect.stringMatching(/may open 21 connections.*at most 20: lower DATABASE_POOL/),
    ]);
    await own.query(`alter database ${name} connection limit -1`);
  });
});
