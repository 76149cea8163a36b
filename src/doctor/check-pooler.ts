import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import pg from 'pg';
import { describeConnectionError } from '../database/connection-error.js';
import { type Finding, fault, ok, type Subject, sentence, warning } from './finding.js';

const LIMIT_MS = 3_000;

/** Compares DATABASE_POOLER with what stands before the server, by which sessions its connections lead to. */
export async function checkPooler({ config, url }: Subject): Promise<Finding> {
  const { behindPooler, listenUrl } = config.database;
  const sharesSessions = await withClients(url, sharesSession);
  if (!behindPooler) {
    return sharesSessions
      ? fault('DATABASE_URL leads to a pooler in transaction mode: set DATABASE_POOLER=on.')
      : ok('DATABASE_URL leads to a session of its own per connection, as DATABASE_POOLER=off expects.');
  }
  if (!sharesSessions) {
    return warning(
      'DATABASE_POOLER is on, and no pooler in transaction mode was met: unset it if there is none, for prepared statements and timeouts.',
    );
  }
  return listenUrl === undefined
    ? warning(
        'DATABASE_URL leads to a pooler in transaction mode. Changes made by other nodes show within 2 s: set DATABASE_LISTEN_URL to the database without the pooler to show them at once.',
      )
    : ok('DATABASE_URL leads to a pooler in transaction mode, as DATABASE_POOLER=on expects.');
}

/** Sends a notification by DATABASE_URL, and expects it where a node would listen. */
export async function checkListening({ config, database, url }: Subject): Promise<Finding> {
  const { behindPooler, listenUrl } = config.database;
  if (listenUrl === undefined && behindPooler)
    return ok('Nothing listens: there is a pooler and no DATABASE_LISTEN_URL.');
  const [setting, where] = listenUrl === undefined ? ['DATABASE_URL', url] : ['DATABASE_LISTEN_URL', listenUrl];
  try {
    // A LISTEN through a pooler would stay in a session of others.
    if (await withClients(where, sharesSession)) {
      return fault(
        `${setting} leads to a pooler in transaction mode, which carries no notification: name the database itself.`,
      );
    }
    const isReceived = await withClients(where, async (client) => {
      const channel = `scrip_doctor_${randomUUID()}`;
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      const received = once(client, 'notification', { signal: AbortSignal.timeout(LIMIT_MS) });
      received.catch(() => {});
      await database.$client.query('select pg_notify($1, $2)', [channel, '']);
      return await received.then(
        () => true,
        () => false,
      );
    });
    return isReceived
      ? ok(`A notification arrives by ${setting}.`)
      : fault(`A notification does not arrive by ${setting}: it must lead to the same database as DATABASE_URL.`);
  } catch (error) {
    return fault(sentence(`${setting}: ${describeConnectionError(error, where).replace('DATABASE_URL', setting)}`));
  }
}

type Work = (first: pg.Client, second: pg.Client) => Promise<boolean>;

/** Opens two connections for some work, without a parameter that a pooler would refuse. */
async function withClients(url: string, work: Work): Promise<boolean> {
  const clients = [0, 1].map(
    () => new pg.Client({ connectionString: url, connectionTimeoutMillis: LIMIT_MS, query_timeout: LIMIT_MS }),
  ) as [pg.Client, pg.Client]; // one for each number
  for (const client of clients) client.on('error', () => {}); // the statement that runs fails with it
  try {
    for (const client of clients) await client.connect();
    return await work(...clients);
  } finally {
    for (const client of clients) void client.end().catch(() => {});
  }
}

/**
 * Whether a session serves several connections in turn. While the first one is idle, a pooler gives its session to the
 * transaction of the second one, and then another session to the first one.
 */
async function sharesSession(first: pg.Client, second: pg.Client): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const before = await sessionOf(first);
    await second.query('begin');
    const other = await sessionOf(second);
    const after = other === before ? before : await sessionOf(first); // else it may wait for the second one
    await second.query('rollback');
    if (other === before || after !== before) return true;
  }
  return false;
}

async function sessionOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}
