import { DatabaseUnavailable, databaseFailure } from '../database/failure.js';
import { WithExtensions } from '../errors.js';
import { refKey } from '../users/user.js';
import {
  type Applied,
  type AppliedResult,
  type Attempt,
  type ChangeResult,
  type PointsChange,
  receiverOf,
  type Written,
} from './change.js';
import {
  DateRefused,
  NotesTooLong,
  OutcomeUnknown,
  PointsBusy,
  PointsRefused,
  SameUser,
  StaleCredential,
} from './errors.js';
import { accountsOf } from './queues.js';

/**
 * What is known of a change that has no result yet. It only moves downwards.
 *
 * - `QUEUED`: no attempt failed; the account may have been busy.
 * - `FAILED`: an attempt failed and had no effect.
 * - `UNCERTAIN`: a statement with it was lost, so that it may have happened, or may still happen.
 */
type State = 'QUEUED' | 'FAILED' | 'UNCERTAIN';

export interface PendingOptions {
  /** No attempt begins after this moment, by the ledger's clock. */
  readonly deadline: number;
  /** Where it waits: changes of one queue are attempted in their order. undefined: in that of the user it waits for. */
  readonly queue: string | undefined;
  /** Called with what the change wrote, once it is durable. */
  readonly onWritten: (written: Written, change: PointsChange) => void;
}

/** A change on its way to a result. */
export class PendingChange {
  readonly change: PointsChange;
  readonly result: Promise<Applied>;
  readonly #options: PendingOptions;
  #state: State = 'QUEUED';
  #lockTimeouts = 0;
  #waitsFor: string | undefined;
  #resolve: (applied: Applied) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(change: PointsChange, options: PendingOptions) {
    this.change = change;
    this.#options = options;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Where it waits now. */
  get queue(): string {
    return this.#options.queue ?? `between ${this.#waitsFor ?? accountsOf(this.change).join(' ')}`;
  }

  /** Names the account that it waits for. */
  get awaited(): string {
    return this.#waitsFor ?? refKey(this.change.user);
  }

  get #wasLost(): boolean {
    return this.#state === 'UNCERTAIN';
  }

  toAttempt(): Attempt {
    return { change: this.change, isRetry: this.#wasLost, waitsFor: this.#waitsFor };
  }

  /** Counts an attempt that waited for the account of this change, in vain. @returns how many there were. */
  countLockTimeout(): number {
    this.#lockTimeouts += 1;
    return this.#lockTimeouts;
  }

  /** Whether another attempt may begin; if not, the change is rejected. */
  checkDeadline(now: number): boolean {
    if (this.#options.deadline >= now) return true;
    this.rejectWithTimeout();
    return false;
  }

  /** Settles the change, unless the account, or the counter of its token, was busy. */
  settle(result: ChangeResult): 'SETTLED' | 'ACCOUNT' | 'COUNTER' {
    if (result.outcome === 'BUSY') {
      this.#waitsFor = result.waitsFor;
      return result.of;
    }
    if (result.outcome === 'APPLIED') this.#apply(result.applied);
    else if (result.outcome === 'CREDENTIAL_ENDED') this.reject(new StaleCredential());
    else if (result.outcome === 'DATE_REFUSED') this.reject(new DateRefused());
    else if (result.outcome === 'SAME_USER') this.reject(new SameUser());
    else if (result.outcome === 'NOTES_TOO_LONG') this.reject(new NotesTooLong());
    else this.reject(new PointsRefused(result.outcome, { ...result, wasLost: this.#wasLost }));
    return 'SETTLED';
  }
  #apply(applied: AppliedResult): void {
    this.#resolve({ ...applied, wasLost: this.#wasLost });
    // A result that is replayed from the change's own lost attempt has not been announced yet.
    if (this.#wasLost || !applied.replayed) this.#options.onWritten(applied.written, this.change);
  }

  /**
   * Records that a statement with the change failed. With a key the change can always be attempted again: the next attempt
   * finds the result of this one. Without a key it can only where the database rolled the statement back; otherwise it is
   * rejected.
   *
   * @returns whether it can be attempted again.
   */
  survives(error: unknown): boolean {
    const failure = databaseFailure(error);
    const hadNoEffect = failure !== undefined && failure.kind !== 'lost';
    if (!hadNoEffect) this.#state = 'UNCERTAIN';
    else if (this.#state === 'QUEUED') this.#state = 'FAILED';
    if (failure?.kind === 'refused') return true;
    if (failure === undefined) this.reject(error);
    else if (this.change.idempotencyKey !== null) return true;
    else this.rejectWithTimeout();
    return false;
  }

  /** Rejects the change because no further attempt can be made. */
  rejectWithTimeout(): void {
    this.reject(TIMEOUT_ERRORS[this.#state](this.change));
  }

  /**
   * Rejects the change; with the effect `UNKNOWN` where an attempt that was lost may still happen. It may even where the
   * credential has ended: a session ends by a change of role, and is good again when that is undone.
   */
  reject(error: unknown): void {
    const isDefinite = !this.#wasLost || (error instanceof PointsRefused && this.#isRecorded(error));
    this.#reject(isDefinite ? error : new WithExtensions(error, { effect: 'UNKNOWN' }));
  }

  /**
   * Whether a refusal after a lost attempt says that this attempt was not made. The receiver may be another user by now, so that
   * the key was used by the lost attempt itself.
   */
  #isRecorded({ code }: PointsRefused): boolean {
    const receiver = receiverOf(this.change);
    const mayDiffer = code === 'IDEMPOTENCY_KEY_REUSED' && receiver !== undefined && receiver.id === undefined;
    return !mayDiffer && !NOT_RECORDED.has(code);
  }
}

/** Refusals that are not recorded under a key: a later attempt may succeed. */
const NOT_RECORDED: ReadonlySet<string> = new Set([
  'USER_NOT_FOUND',
  'ENTRY_NOT_FOUND',
  'HOLD_NOT_FOUND',
  'HOLD_LIMIT',
  'TOKEN_LIMIT',
]);

const TIMEOUT_ERRORS: Readonly<Record<State, (change: PointsChange) => Error>> = {
  QUEUED: () => new PointsBusy(),
  FAILED: () => new DatabaseUnavailable(),
  UNCERTAIN: ({ idempotencyKey }) => new OutcomeUnknown(idempotencyKey !== null),
};
