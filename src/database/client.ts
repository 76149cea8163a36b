/** One connection to the database, whose failures cannot end the process. */
import pg from 'pg';
import { databaseFailure } from './failure.js';

/** How a connection is made. */
export interface ClientConfig extends pg.ClientConfig {
  readonly readPassword?: ReadPassword | undefined;
}

/** Reads the password for a new connection, where it may change; undefined, that of the URL is used. */
export type ReadPassword = () => string;

/** A connection that has a listener for its errors as long as it exists. */
export class Client extends pg.Client {
  constructor(config?: ClientConfig) {
    super(config);
    setPasswordReader(this, config?.readPassword);
    this.on('error', () => {}); // the statement that runs fails with it, and the pool destroys the connection
    this.on('notice', ({ routine }) => {
      // The server reports success although no standby has the change. `pg` reads the notice before the end of the statement.
      if (routine === 'SyncRepWaitForLSN') breakConnection(this, 'The wait for the synchronous standby was cancelled');
    });
  }
}

/**
 * Lets a client read its password when the server asks for it. A `password` beside a URL has no effect: that of the URL,
 * be it empty, replaces it in the constructor.
 */
export function setPasswordReader(client: pg.Client, readPassword: ReadPassword | undefined): void {
  if (readPassword === undefined) return;
  // As `pg` defines it, so that no log of a client shows it.
  Object.defineProperty(client, 'password', {
    configurable: true,
    enumerable: false,
    writable: true,
    value: readPassword,
  });
}

/** Breaks a connection as a failure of its socket would: the statement that runs fails, and so does every later one. */
export function breakConnection(client: pg.Client, reason: string): void {
  client.connection.emit('error', new Error(`Connection terminated: ${reason}`));
}

/**
 * The refusals after which a connection is as good as before: of values (classes 22 and 23), by a function (P0), and for
 * what others did at the same time. Others may concern the session, such as a prepared statement that no longer fits the
 * schema (0A000): a new connection is without it.
 */
const LEAVES_USABLE = /^(2[23]\w{3}|P0\w{3}|55P03|57014|40P01|40001)$/;

/** Whether a connection whose statement failed may be used again. */
export function isUsableAfter(error: unknown): boolean {
  const failure = databaseFailure(error);
  return failure?.kind === 'refused' && LEAVES_USABLE.test(failure.sqlState);
}
