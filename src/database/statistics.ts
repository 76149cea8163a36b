/** What the metrics say of a process's connections to its database. */
export interface DatabaseStatistics {
  /** Of the pool for lists and transactions. */
  readonly inUse: number;
  readonly idle: number;
  /** Statements and transactions that wait for a connection of the pool. */
  readonly waiting: number;
  /** Connections that were lost since the start, of every kind. */
  readonly lost: number;
  readonly feed: FeedState;
}

/**
 * How notifications of other nodes arrive. `LISTENING`: immediately. `POLLING`: no connection listens, and listeners look
 * themselves. `IDLE`: there is no listener.
 */
export type FeedState = 'LISTENING' | 'POLLING' | 'IDLE';
