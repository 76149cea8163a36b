/**
 * A connection for one kind of statement: no pool hands it out. It is opened with the first statement, and again after it has
 * broken or was closed for being idle.
 */
import { TimeoutQueue } from '../concurrency/timeout-queue.js';
import { breakConnection, Client, type ClientConfig, isUsableAfter } from './client.js';
import { NoConnection } from './failure.js';
import type { Fence } from './fence.js';
import { PreparedQuery, type Rows, type Statement } from './prepared-query.js';

export interface DedicatedConnectionOptions {
  readonly config: ClientConfig;
  /** How long the result of a statement is waited for. */
  readonly resultMs: number;
  /** A connection that has been idle for longer is closed: a firewall may forget such a one, and tell neither side. */
  readonly idleMs: number;
  readonly fence: Fence;
  /** Why statements may not be sent at the moment; undefined: they may. */
  readonly refusal: () => string | undefined;
  /** The connection broke while nothing was sent on it. */
  readonly onLost: (error: Error) => void;
}

/** A statement without a result before its timeout. It may have had its effect. */
export class ResultTimeout extends Error {
  constructor() {
    super('Query read timeout');
  }
}

export class DedicatedConnection {
  readonly #options: DedicatedConnectionOptions;
  readonly #results: TimeoutQueue;
  readonly #idle: TimeoutQueue;
  #inFlight = 0;
  #isClosed = false;
  #client: Client | undefined;
  #opening: Promise<Client> | undefined;
  #cancelIdle: () => void = () => {};
  #onIdle: () => void = () => {};

  constructor(options: DedicatedConnectionOptions) {
    this.#options = options;
    this.#results = new TimeoutQueue(options.resultMs);
    this.#idle = new TimeoutQueue(options.idleMs);
  }

  /** The number of statements whose results are waited for, also before the connection is open. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * Sends a statement, behind those that were sent before.
   *
   * @throws NoConnection: it was not sent. ResultTimeout: then all that was sent behind it fails too.
   */
  async send(statement: Statement, values: readonly unknown[]): Promise<Rows> {
    const refusal = this.#isClosed ? 'the connections are closed' : this.#options.refusal();
    if (refusal !== undefined) throw new NoConnection(new Error(refusal));
    this.#inFlight += 1;
    this.#cancelIdle();
    try {
      return await this.#sendOn(this.#client ?? (await this.#open()), statement, values);
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#beIdle();
    }
  }

  #sendOn(client: Client, statement: Statement, values: readonly unknown[]): Promise<Rows> {
    return new Promise((resolve, reject) => {
      const query = new PreparedQuery(statement, values, (error, rows = []) => {
        cancel();
        if (error === null) return resolve(rows);
        if (this.#client === client && !isUsableAfter(error)) {
          breakConnection(client, 'a statement has made it unusable');
        }
        reject(error);
      });
      const cancel = this.#results.start(() => {
        // What was sent behind it has broken with the connection, and fails by that.
        if (this.#client !== client) return;
        reject(new ResultTimeout());
        breakConnection(client, 'the database did not respond');
      });
      client.query(query);
    });
  }

  /** What is sent until `uncork` goes out in one write. */
  cork(): void {
    this.#client?.connection.stream.cork();
  }

  uncork(): void {
    this.#client?.connection.stream.uncork();
  }

  /** Waits for what was sent, then closes the connection. It is not opened again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    this.#cancelIdle();
    if (this.#client !== undefined) await this.#discard(this.#client);
  }

  #beIdle(): void {
    this.#onIdle();
    const client = this.#client;
    if (client !== undefined) this.#cancelIdle = this.#idle.start(() => void this.#discard(client));
  }

  #open(): Promise<Client> {
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #connect(): Promise<Client> {
    const { config, fence, onLost } = this.#options;
    const client = new Client(config);
    try {
      await client.connect();
      await fence.admit(client);
    } catch (error) {
      client.end().catch(() => {});
      throw new NoConnection(error instanceof Error ? error : new Error(String(error)));
    }
    client.on('error', (error) => {
      if (this.#client === client && this.#inFlight === 0) onLost(error);
      void this.#discard(client);
    });
    client.on('end', () => void this.#discard(client));
    this.#client = client;
    return client;
  }

  /** Uses the connection for nothing more, and closes it: nothing that it carries waits for a result any longer. */
  async #discard(client: Client): Promise<void> {
    if (this.#client !== client) return;
    this.#client = undefined;
    await client.end().catch(() => {});
  }
}
