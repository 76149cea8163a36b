/**
 * A connection that belongs to one sender: no pool hands it out, and one timer watches all that was sent. It is opened
 * with the first statement, and again after it has broken.
 */
import type pg from 'pg';
import { breakConnection, Client, isUsableAfter } from './client.js';
import { NoConnection } from './failure.js';
import type { Fence } from './fence.js';

export interface OwnConnectionOptions {
  readonly config: pg.ClientConfig;
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

/** A statement that was sent. Results come in the order of the statements. */
interface Sent {
  readonly at: number;
  readonly reject: (error: Error) => void;
}

const WATCH_EVERY_MS = 1_000;

export class OwnConnection {
  readonly #options: OwnConnectionOptions;
  readonly #sent = new Set<Sent>();
  #inFlight = 0;
  #isClosed = false;
  /** When the last statement ended, by the clock of `performance`. */
  #idleSince = 0;
  #onIdle: () => void = () => {};
  #client: Client | undefined;
  #opening: Promise<Client> | undefined;
  #watch: NodeJS.Timeout | undefined;

  constructor(options: OwnConnectionOptions) {
    this.#options = options;
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
  async send(statement: pg.QueryArrayConfig, values: unknown[]): Promise<pg.QueryArrayResult<unknown[]>> {
    const refusal = this.#isClosed ? 'the connections are closed' : this.#options.refusal();
    if (refusal !== undefined) throw new NoConnection(new Error(refusal));
    this.#inFlight += 1;
    try {
      return await this.#sendOn(this.#client ?? (await this.#open()), { ...statement, values });
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) {
        this.#idleSince = performance.now();
        this.#onIdle();
      }
    }
  }

  #sendOn(client: Client, statement: pg.QueryArrayConfig): Promise<pg.QueryArrayResult<unknown[]>> {
    return new Promise((resolve, reject) => {
      const sent = { at: performance.now(), reject };
      this.#sent.add(sent);
      client.query<unknown[]>(statement, (error: Error | null, result) => {
        this.#sent.delete(sent);
        if (error === null) return resolve(result);
        // What was sent behind it fails with the connection, and is sent again on another.
        if (this.#client === client && !isUsableAfter(error))
          breakConnection(client, 'a statement has made it unusable');
        reject(error);
      });
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
    if (this.#client !== undefined) await this.#discard(this.#client);
  }

  #open(): Promise<Client> {
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #connect(): Promise<Client> {
    const { config, fence } = this.#options;
    const client = new Client(config);
    try {
      await client.connect();
      await fence.admit(client);
    } catch (error) {
      client.end().catch(() => {});
      throw new NoConnection(error instanceof Error ? error : new Error(String(error)));
    }
    client.on('error', (error) => {
      if (this.#client === client && this.#inFlight === 0) this.#options.onLost(error);
      void this.#discard(client);
    });
    client.on('end', () => void this.#discard(client));
    this.#client = client;
    this.#watch = setInterval(() => this.#inspect(client), WATCH_EVERY_MS).unref();
    return client;
  }

  /** Uses the connection for nothing more, and closes it. Nothing that it carries waits for a result any longer. */
  async #discard(client: Client): Promise<void> {
    if (this.#client !== client) return;
    this.#client = undefined;
    clearInterval(this.#watch);
    await client.end().catch(() => {});
  }

  /** Gives up the oldest statement once its time is over: what was sent behind it would wait as well. */
  #inspect(client: Client): void {
    const now = performance.now();
    const [oldest] = this.#sent;
    if (this.#inFlight === 0 && now - this.#idleSince >= this.#options.idleMs) void this.#discard(client);
    if (oldest === undefined || now - oldest.at < this.#options.resultMs) return;
    this.#sent.delete(oldest);
    oldest.reject(new ResultTimeout());
    breakConnection(client, 'the database did not respond');
  }
}
