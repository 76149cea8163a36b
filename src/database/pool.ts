/**
 * A pool whose connections cannot end the process, and are always returned to it.
 *
 * `pg` emits `error` on a connection that breaks, also while no statement waits on it, and without a listener that is an
 * uncaught exception. The pool itself listens only to connections that are idle or that run `pool.query`; those of a
 * transaction it leaves alone. Drizzle returns a connection only after a `begin` that succeeded, and returns
 * broken ones as if they worked.
 */
import pg from 'pg';
import { Client, isUsableAfter, type ReadPassword } from './client.js';
import { databaseFailure, NoConnection, TransactionUndone } from './failure.js';
import { PreparedQuery, type Rows, type Statement, withoutName } from './prepared-query.js';
import type { Statements } from './sender.js';

export interface PoolOptions extends pg.PoolConfig {
  /** Why no connection can be had now; undefined: one can. */
  readonly refusal: () => string | undefined;
  /** False behind a pooler in transaction mode. */
  readonly withNames: boolean;
  /** `pg` passes it to {@link Client} with the other options. */
  readonly readPassword?: ReadPassword | undefined;
}

/** Hands out connections. Where it has none, every call for one fails with {@link NoConnection}. */
export class Pool extends pg.Pool implements Statements {
  readonly #refusal: () => string | undefined;
  readonly #withNames: boolean;

  constructor({ refusal, withNames, ...config }: PoolOptions) {
    super({ ...config, Client });
    this.#refusal = refusal;
    this.#withNames = withNames;
  }

  send(named: Statement, values: readonly unknown[]): Promise<Rows> {
    const statement = this.#withNames ? named : withoutName(named);
    return new Promise((resolve, reject) => {
      let release = (_failure?: Error) => {};
      const query = new PreparedQuery(statement, values, (failure, rows = []) => {
        release(failure ?? undefined);
        if (failure === null) resolve(rows);
        else reject(failure);
      });
      this.connect((error, client, done) => {
        if (client === undefined) return reject(error);
        release = done;
        client.query(query);
      });
    });
  }

  /** The form with a callback serves `pool.query`, the other one transactions. */
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | undefined {
    if (callback === undefined) return this.#lease();
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      process.nextTick(callback, new NoConnection(new Error(refusal)), undefined, () => {});
      return undefined;
    }
    super.connect((error, client, release) => {
      if (client !== undefined) keepUsable(client);
      callback(error && new NoConnection(error), client, client?.release ?? release);
    });
    return undefined;
  }

  #lease(): Promise<pg.PoolClient> {
    return new Promise((resolve, reject) => {
      this.connect((error, client) => {
        // Drizzle calls `query` and `release` on what it connects, and nothing else.
        if (client !== undefined) resolve(new Lease(client) as unknown as pg.PoolClient);
        else reject(error);
      });
    });
  }
}

/** `pg-pool` destroys a connection whose statement failed, also where the statement was merely refused. */
function keepUsable(client: pg.PoolClient): void {
  const { release } = client;
  client.release = (reason) => {
    release(isUsableAfter(reason) ? undefined : reason);
  };
}

type ConnectCallback = Parameters<pg.Pool['connect']>[0];

/**
 * A connection for one transaction. When it breaks, or does not respond before its timeout, it is released at once to be
 * destroyed, and every later statement fails like the first: a `rollback` neither waits nor hides the first error.
 */
class Lease {
  readonly #client: pg.PoolClient;
  #hasBegun = false;
  #isReleased = false;
  #failure: Error | undefined;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  async query(statement: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      const result = await this.#client.query(statement, values);
      this.#hasBegun = true;
      return result;
    } catch (error) {
      const kind = databaseFailure(error)?.kind;
      const isUndone = kind === 'lost' && statement.text !== 'commit' && error instanceof Error;
      const failure = isUndone ? new TransactionUndone(error) : error;
      // Drizzle does not release a connection whose first statement, `begin`, was refused.
      if (!this.#hasBegun || kind !== 'refused') this.#break(failure);
      throw failure;
    }
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#client.release(this.#failure);
  }

  #break(error: unknown): void {
    this.#failure = error instanceof Error ? error : new Error('A statement failed without an error.');
    this.release();
  }
}
