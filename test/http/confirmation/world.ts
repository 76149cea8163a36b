import type { Scheduler } from 'fast-check';
import type { VerifyBearer } from '../../../src/auth/authenticate.js';
import type { Clock } from '../../../src/points/clock.js';
import type { Fault } from '../../points/simulation/stub-database.js';
import { EVENTS, type Kind, type State, verified } from './credential.js';
import type { OperationName } from './operations.js';

/** What happens in one run. */
export interface Plan {
  readonly kind: Kind;
  /** What the server remembers of the credential; undefined: it is not known. */
  readonly remembered: Omit<State, 'fault'> | undefined;
  readonly state: State;
  readonly requests: readonly OperationName[];
  /** Each before the step with its number, of all that are taken. */
  readonly events: readonly { readonly what: keyof typeof EVENTS; readonly step: number }[];
  /** The step before which all operations in flight time out; 0: none does. */
  readonly timeOutStep: number;
  /** What goes wrong with the statements that change points, in their order … */
  readonly faults: readonly Fault[];
  /** … and with look-ups. */
  readonly failingLookUps: readonly number[];
  /** Whether a change was made under the key that requests share, before they arrive. */
  readonly isKeyUsed: boolean;
  /** Whether a transaction waits for another one of its user, and so verifies the credential again. */
  readonly isQueued: boolean;
  /** Whether the session has sent as many requests as it may. */
  readonly isLimited: boolean;
}

/** A change that the database has kept: an entry, a stored refusal or a post. */
export interface Kept {
  readonly tag: string;
  readonly state: State;
  /** The number of look-ups that had begun, and those that had found the credential good, by then. */
  readonly goodLookUps: readonly number[];
}

/** The credential and what is done by it. A scheduler decides which of the waiting steps happens next. */
export class World {
  readonly plan: Plan;
  readonly #scheduler: Scheduler;
  readonly #timeOut: () => void;
  #steps = 0;
  #now = 0;
  #lookUps = 0;
  readonly #goodLookUps: number[] = [];
  /** Every state of the credential. */
  readonly history: State[];
  readonly kept: Kept[] = [];

  /** @param timeOut has all operations in flight time out. */
  constructor(plan: Plan, scheduler: Scheduler, timeOut: () => void) {
    this.plan = plan;
    this.#scheduler = scheduler;
    this.#timeOut = timeOut;
    this.history = [plan.state];
  }

  get state(): State {
    return this.history.at(-1) ?? this.plan.state;
  }

  get lookUps(): number {
    return this.#lookUps;
  }

  /** Time passes only when something is waited for. */
  get clock(): Clock {
    const pass = async (ms: number) => {
      const end = this.#now + ms;
      await this.step('a pause');
      this.#now = Math.max(this.#now, end);
    };
    return { now: () => this.#now, delay: pass };
  }

  async step(name: string): Promise<void> {
    await this.#scheduler.schedule(Promise.resolve(), name);
    this.#steps += 1;
    if (this.#steps === this.plan.timeOutStep) this.#timeOut();
    for (const { what, step } of this.plan.events) {
      if (step === this.#steps) this.history.push(EVENTS[what](this.state));
    }
  }

  /** Asks the database, as a statement that begins after the call does. */
  readonly verify: VerifyBearer = async () => {
    const number = this.#lookUps++;
    const fails = this.plan.failingLookUps.includes(number);
    await this.step('a look-up on its way');
    if (fails && number % 2 === 0) throw new Error('connect ECONNREFUSED 127.0.0.1:5432');
    const answer = verified(this.plan.kind, this.state);
    await this.step('the answer to a look-up');
    if (fails) throw new Error('read ECONNRESET');
    if (answer.kind !== 'REJECTED') this.#goodLookUps.push(number);
    return answer;
  };

  keep(tag: string): void {
    this.kept.push({ tag, state: this.state, goodLookUps: [...this.#goodLookUps] });
  }
}
