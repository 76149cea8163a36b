/**
 * Sends prepared statements over dedicated connections. No connection is checked out of a pool, with its queue and its
 * timers, and look-ups that come up in the same turn of the event loop go out in one write.
 */
import { isUsableAfter } from './client.js';
import { DedicatedConnection, type DedicatedConnectionOptions, ResultTimeout } from './dedicated-connection.js';
import { databaseFailure } from './failure.js';
import { type Rows, type Statement, withoutName } from './prepared-query.js';

/** What sends a prepared statement: a pool, or connections of its own. */
export interface Statements {
  send(statement: Statement, values: readonly unknown[]): Promise<Rows>;
  /** Runs work that sends statements, after everything that this turn of the event loop reads from sockets. */
  readonly atEndOfTurn?: (work: () => void) => void;
}

export interface SenderOptions extends DedicatedConnectionOptions {
  /** A connection is opened when all others are in use. */
  readonly connections: number;
  /**
   * `LOOK_UPS` have no effect and take no lock: each connection carries several of them at a time, and what a broken one took
   * along is asked once more. Of `CHANGES` each has a connection to itself: no more may be in flight than there are
   * connections.
   */
  readonly of: 'LOOK_UPS' | 'CHANGES';
  /** False behind a pooler in transaction mode, which may send a named statement where it was not prepared. */
  readonly withNames: boolean;
}

export class Sender implements Statements {
  readonly #of: SenderOptions['of'];
  readonly #withNames: boolean;
  readonly #connections: readonly DedicatedConnection[];
  #work: (() => void)[] = [];
  /** The connection of the work that runs at the end of this turn. */
  #turn: DedicatedConnection | undefined;

  constructor({ connections, of, config, withNames, ...options }: SenderOptions) {
    const pipelined = { ...config, pipeline: of === 'LOOK_UPS' };
    this.#of = of;
    this.#withNames = withNames;
    this.#connections = Array.from(
      { length: connections },
      () => new DedicatedConnection({ ...options, config: pipelined }),
    );
  }

  /** Runs work after everything that this turn of the event loop reads from sockets. What it sends goes out in one write. */
  readonly atEndOfTurn = (work: () => void): void => {
    if (this.#work.push(work) === 1) setImmediate(() => this.#runWork());
  };

  async send(named: Statement, values: readonly unknown[]): Promise<Rows> {
    const statement = this.#withNames ? named : withoutName(named);
    if (this.#of === 'CHANGES') {
      const connection = this.#leastBusy();
      if (connection.inFlight > 0) throw new Error('More changes are in flight than there are connections.');
      return await connection.send(statement, values);
    }
    try {
      return await (this.#turn ?? this.#leastBusy()).send(statement, values);
    } catch (error) {
      if (!failedByConnection(error)) throw error;
      return await this.#leastBusy().send(statement, values);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  #runWork(): void {
    const work = this.#work;
    this.#work = [];
    const connection = this.#leastBusy();
    this.#turn = connection;
    connection.cork();
    try {
      for (const run of work) run();
    } finally {
      connection.uncork();
      this.#turn = undefined;
    }
  }

  #leastBusy(): DedicatedConnection {
    return this.#connections.reduce((least, other) => (other.inFlight < least.inFlight ? other : least));
  }
}

/** Whether a look-up failed because of its connection, and not by itself. */
function failedByConnection(error: unknown): boolean {
  if (error instanceof ResultTimeout || isUsableAfter(error)) return false;
  const kind = databaseFailure(error)?.kind;
  return kind === 'lost' || kind === 'refused';
}
