import { describe, expect, onTestFinished } from 'vitest';
import { createFence } from '../../src/database/fence.js';
import { Sender, type SenderOptions } from '../../src/database/sender.js';
import type { TestDatabase } from '../support/database.js';
import { itOnDatabase as it } from '../support/database-fixture.js';

/** What a statement returns: the process of PostgreSQL that has run it. */
const WAIT = { name: 'wait', text: 'select pg_backend_pid(), pg_sleep($1)' } as const;
const DIVIDE = { name: 'divide', text: 'select 1 / $1::int' } as const;

function open({ url }: TestDatabase, options: Partial<SenderOptions> = {}): Sender {
  const sender = new Sender({
    config: { connectionString: url, application_name: 'sender' },
    resultMs: 10_000,
    idleMs: 60_000,
    fence: createFence(),
    refusal: () => undefined,
    onLost: () => {},
    connections: 3,
    of: 'LOOK_UPS',
    withNames: true,
    ...options,
  });
  onTestFinished(() => sender.close());
  return sender;
}

/** The process of PostgreSQL that runs the statement, once its wait is over. */
async function wait(sender: Sender, seconds = 0): Promise<unknown> {
  return (await sender.send(WAIT, [seconds]))[0]?.[0];
}

/** Sends waits of these lengths together, at the end of a turn. */
async function waitTogether(sender: Sender, ...lengths: number[]): Promise<PromiseSettledResult<unknown>[]> {
  return await new Promise((resolve) => {
    const waits: Promise<unknown>[] = [];
    lengths.forEach((seconds, index) => {
      sender.atEndOfTurn(() => {
        waits.push(wait(sender, seconds));
        if (index === lengths.length - 1) resolve(Promise.allSettled(waits));
      });
    });
  });
}

async function running({ query }: TestDatabase): Promise<number> {
  const rows = await query(
    "select pid from pg_stat_activity where application_name = 'sender' and datname = current_database() and state = 'active'",
  );
  return rows.length;
}

async function endSessions({ query }: TestDatabase): Promise<void> {
  await query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sender' and datname = current_database()",
  );
}

describe('Look-ups', () => {
  it('of one turn go out on one connection, and those that come while it works on another', async ({ database }) => {
    const sender = open(database);
    const first = waitTogether(sender, 0.3, 0, 0);
    await expect.poll(() => running(database)).toBe(1);
    const other = await wait(sender);
    const pids = (await first).map((result) => result.status === 'fulfilled' && result.value);
    expect(new Set(pids).size).toBe(1);
    expect(pids).not.toContain(other);
  });

  it('wait for nothing but those before them: a refused one does not fail the others', async ({ database }) => {
    const sender = open(database, { connections: 1 });
    const pid = await wait(sender);
    const refused = sender.send(DIVIDE, [0]);
    const next = wait(sender);
    await expect(refused).rejects.toMatchObject({ code: '22012' });
    expect(await next).toBe(pid);
  });

  it('that a broken connection took along are sent once more', async ({ database }) => {
    const sender = open(database, { connections: 1 });
    const pid = await wait(sender);
    const waits = [wait(sender, 0.5), wait(sender), sender.send(DIVIDE, [1])];
    await expect.poll(() => running(database)).toBe(1);
    await endSessions(database);
    const [first, second] = await Promise.all(waits);
    expect(first).not.toBe(pid);
    expect(second).toBe(first);
  });

  it('fail where they break two connections', async ({ database }) => {
    const sender = open(database, { connections: 1 });
    const end = { ...WAIT, name: 'end', text: 'select pg_terminate_backend(pg_backend_pid()), $1::int' };
    await expect(sender.send(end, [1])).rejects.toMatchObject({ code: '57P01' });
    expect(await wait(sender)).toEqual(expect.any(Number));
  });

  it('without a result in time fail alone: those behind them are sent once more', async ({ database }) => {
    const sender = open(database, { connections: 1, resultMs: 500 });
    const pid = await wait(sender);
    const [slow, next] = await waitTogether(sender, 5, 0);
    expect(slow).toMatchObject({ status: 'rejected', reason: { message: 'Query read timeout' } });
    expect(next).toEqual({ status: 'fulfilled', value: expect.any(Number) });
    expect(next).not.toEqual({ status: 'fulfilled', value: pid });
  });

  it('are sent again where a prepared statement no longer fits the schema', async ({ database }) => {
    const sender = open(database);
    const read = { name: 'numbers', text: 'select * from numbers' } as const;
    await database.query('create table numbers (number int); insert into numbers values (1)');
    await sender.send(read, []);
    await database.query('alter table numbers add column name text');
    expect(await sender.send(read, [])).toEqual([[1, null]]);
  });

  it('behind one that makes its connection unusable are sent again', async ({ database }) => {
    const sender = open(database, { connections: 1 });
    const read = { name: 'shapes', text: 'select * from shapes' } as const;
    await database.query('create table shapes (shape int); insert into shapes values (1)');
    await sender.send(read, []);
    const pid = await wait(sender);
    await database.query('alter table shapes add column name text');
    const [first, second] = await Promise.all([sender.send(read, []), wait(sender)]);
    expect(first).toEqual([[1, null]]);
    expect(second).not.toBe(pid);
  });

  it('open a connection again that was closed for being idle', async ({ database }) => {
    const sender = open(database, { connections: 1, idleMs: 100 });
    const pid = await wait(sender);
    await expect.poll(() => database.query('select 1 from pg_stat_activity where pid = $1', [pid])).toEqual([]);
    expect(await wait(sender)).toEqual(expect.any(Number));
  });

  it('that run when the connections are closed have their results, and later ones are not sent', async ({
    database,
  }) => {
    const sender = open(database);
    const running = wait(sender, 0.3);
    await sender.close();
    expect(await running).toEqual(expect.any(Number));
    await expect(wait(sender)).rejects.toThrow('the connections are closed');
  });

  it('are not sent while there is a reason not to', async ({ database }) => {
    let refusal: string | undefined = 'the database is read-only';
    const sender = open(database, { refusal: () => refusal });
    await expect(wait(sender)).rejects.toThrow('the database is read-only');
    refusal = undefined;
    expect(await wait(sender)).toEqual(expect.any(Number));
  });
});

describe('Changes', () => {
  it('have a connection each', async ({ database }) => {
    const sender = open(database, { of: 'CHANGES' });
    const pids = await Promise.all([wait(sender, 0.2), wait(sender, 0.2), wait(sender, 0.2)]);
    expect(new Set(pids).size).toBe(3);
  });

  it('are rejected where all connections are in use', async ({ database }) => {
    const sender = open(database, { of: 'CHANGES' });
    const running = Promise.all([wait(sender, 0.2), wait(sender, 0.2), wait(sender, 0.2)]);
    await expect(wait(sender)).rejects.toThrow('More changes are in flight than there are connections.');
    await running;
  });

  it('that run when the connections are closed have their results', async ({ database }) => {
    const sender = open(database, { of: 'CHANGES' });
    const running = wait(sender, 0.3);
    await sender.close();
    expect(await running).toEqual(expect.any(Number));
  });

  it('are sent once, whatever happens to their connection', async ({ database }) => {
    const sender = open(database, { of: 'CHANGES' });
    await wait(sender);
    const isRejected = expect(wait(sender, 5)).rejects.toMatchObject({ code: '57P01' });
    await expect.poll(() => running(database)).toBe(1);
    await endSessions(database);
    await isRejected;
    // Its process is still listed for a moment after its last message. Sent again, the statement would run for 5 s.
    await expect.poll(() => running(database)).toBe(0);
  });
});
