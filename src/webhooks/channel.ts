import type { Attempt } from './send.js';
import type { Turn } from './turn.js';

/**
 * The lane of a webhook. Slow ones share requests in flight only among themselves, so that they delay no prompt one.
 * `SLOW`: the last response took long, or the last attempt failed.
 */
export type Lane = 'PROMPT' | 'SLOW';

/** Turns of one webhook at once, and those of rows that have failed before: the others have the rest. */
const MAX_TURNS = 10;
const MAX_FAILED_TURNS = 5;

/** A response that takes longer makes the webhook slow. */
const SLOW_MS = 2_000;

/** After so many failed attempts in a row, of whatever rows, the receiver is taken to be down: so many turns begin at a look. */
const DOWN_AFTER = 10;
const TURNS_WHILE_DOWN = 5;

/** How long nothing is sent to a webhook that is paused, or whose state could not be read; then it is read again. */
const BLOCKED_MS = 2_000;

/** A webhook whose lease this node holds, with its turns. Times are those of the clock of `performance`. */
export class Channel {
  readonly id: string;
  /** When the lease ends, unless it is renewed. */
  leaseEndsAt: number;
  /** Whether rows may be due. */
  isDue = true;
  readonly turns = new Map<string, Turn>();
  readonly #stopping = new AbortController();
  #lane: Lane = 'PROMPT';
  #failures = 0;
  #turnsWhileDown = TURNS_WHILE_DOWN;
  #blockedUntil = Number.NEGATIVE_INFINITY;

  constructor(id: string, leaseEndsAt: number) {
    this.id = id;
    this.leaseEndsAt = leaseEndsAt;
  }

  /** Ends the requests in flight once nothing may be sent any more. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  get lane(): Lane {
    return this.#lane;
  }

  /** Begins no more, and ends what is in flight. */
  stop(): void {
    this.#stopping.abort(new Error('The lease of the webhook has ended.'));
  }

  /** Whether a request may begin now, as far as this node knows. */
  maySend(now: number): boolean {
    return !this.signal.aborted && now < this.leaseEndsAt && now >= this.#blockedUntil;
  }

  /** Number of turns that may begin now. */
  room(now: number): number {
    if (!this.maySend(now)) return 0;
    const free = Math.max(MAX_TURNS - this.turns.size, 0);
    return this.#isDown ? Math.min(free, this.#turnsWhileDown) : free;
  }

  /** Number of these that may be turns of rows that have failed before. */
  get roomForFailed(): number {
    return Math.max(MAX_FAILED_TURNS - this.failedTurns, 0);
  }

  /** Number of turns of rows that have failed before. */
  get failedTurns(): number {
    return [...this.turns.values()].filter(({ row }) => row.attempts > 0).length;
  }

  get #isDown(): boolean {
    return this.#failures >= DOWN_AFTER;
  }

  /** Begins nothing for a while. */
  block(now: number, milliseconds = BLOCKED_MS): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, now + milliseconds);
  }

  begin(key: string, turn: Turn): void {
    this.turns.set(key, turn);
    if (this.#isDown) this.#turnsWhileDown -= 1;
  }

  attempted({ kind }: Attempt, milliseconds: number): void {
    this.#failures = kind === 'FAILED' ? this.#failures + 1 : 0;
    this.#lane = kind === 'FAILED' || milliseconds > SLOW_MS ? 'SLOW' : 'PROMPT';
  }

  /** To be called twice a second. A request that has no response for long makes the webhook slow before it ends. */
  look(now: number): void {
    this.#turnsWhileDown = TURNS_WHILE_DOWN;
    for (const { requestedAt } of this.turns.values())
      if (requestedAt !== undefined && now - requestedAt > SLOW_MS) this.#lane = 'SLOW';
  }
}
