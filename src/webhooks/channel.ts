import type { Attempt } from './send.js';
import type { Turn } from './turn.js';

/**
 * The lane of a webhook. Slow ones share requests in flight only among themselves, so that they delay no prompt one.
 * `SLOW`: the last response took long, or the last attempt failed.
 */
export type Lane = 'PROMPT' | 'SLOW';

/** Requests in flight of one webhook. */
const MAX_IN_FLIGHT: Readonly<Record<Lane, number>> = { PROMPT: 10, SLOW: 2 };

/** A response that takes longer makes the webhook slow. */
const SLOW_MS = 2_000;

/** After so many failed attempts in a row, of whatever rows, the receiver is taken to be down: one attempt a second. */
const DOWN_AFTER = 10;
const DOWN_PAUSE_MS = 1_000;

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
  #lastBegunAt = Number.NEGATIVE_INFINITY;
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
    if (this.#failures < DOWN_AFTER) return Math.max(MAX_IN_FLIGHT[this.#lane] - this.turns.size, 0);
    return this.turns.size === 0 && now >= this.#lastBegunAt + DOWN_PAUSE_MS ? 1 : 0;
  }

  /** Begins nothing for a while. */
  block(now: number, milliseconds = BLOCKED_MS): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, now + milliseconds);
  }

  begin(key: string, turn: Turn, now: number): void {
    this.turns.set(key, turn);
    this.#lastBegunAt = now;
  }

  attempted({ kind }: Attempt, milliseconds: number): void {
    this.#failures = kind === 'FAILED' ? this.#failures + 1 : 0;
    this.#lane = kind === 'FAILED' || milliseconds > SLOW_MS ? 'SLOW' : 'PROMPT';
  }

  /** A request that has no response after the time makes the webhook slow before it ends. */
  watch(now: number): void {
    for (const { requestedAt } of this.turns.values())
      if (requestedAt !== undefined && now - requestedAt > SLOW_MS) this.#lane = 'SLOW';
  }
}
