import { isDeepStrictEqual } from 'node:util';
import type { VerifyBearer } from './authenticate.js';
import type { Authenticated, Principal } from './principal.js';
import type { Rejection } from './rejection.js';

/** The credential that a request carries, or that its connection was opened with. */
export interface RequestCredential extends Confirmation {
  /** Of the last verification, of this request or an earlier one. */
  readonly principal: Principal;
  /** Verifies it now. Where it is accepted, `principal` is the result from then on. */
  verify(): Promise<Principal | Rejection>;
}

/** Whether the database has verified the credential since the request arrived, with the same result as before. */
interface Confirmation {
  /** Begins the look-up of `confirm`, unless it was begun. */
  ask(): void;
  /**
   * Whether the credential is still the principal that the operation runs with. Until then nothing may be changed, and
   * nothing may leave the process. The result is the same each time: a later `verify` does not change it.
   */
  confirm(): Promise<boolean>;
  /**
   * Has the outcome sent, whatever `confirm` says: a statement has compared the credential, or something may have been
   * changed. Where it has not been compared, the outcome holds nothing that was read.
   */
  keepOutcome(): void;
}

/** Of a credential that the database was asked about before anything is done by it. */
export const CONFIRMED: Confirmation = { ask: () => {}, confirm: async () => true, keepOutcome: () => {} };

/** A credential that was verified since the request arrived. */
export function verifiedCredential(principal: Principal, verify: RequestCredential['verify']): RequestCredential {
  let current = principal;
  return {
    ...CONFIRMED,
    get principal() {
      return current;
    },
    verify: async () => {
      // Without a credential, or with one that counts as none, there is nothing that could end.
      if (current.kind === 'ANONYMOUS') return current;
      const verified = await verify();
      if (verified.kind !== 'REJECTED') current = verified;
      return verified;
    },
  };
}

export interface PresumedOptions {
  readonly lookUp: () => ReturnType<VerifyBearer>;
  /** Called once the database has said the same, or the outcome is kept. */
  readonly onConfirmed: () => void;
}

/** A bearer token that was verified before, and is verified again while the operation runs. */
export class PresumedCredential implements RequestCredential {
  principal: Authenticated;
  readonly #presumed: Authenticated;
  readonly #options: PresumedOptions;
  #lookedUp: Promise<LookedUp> | undefined;
  #isOutcomeKept = false;

  constructor(presumed: Authenticated, options: PresumedOptions) {
    this.principal = presumed;
    this.#presumed = presumed;
    this.#options = options;
  }

  get isOutcomeKept(): boolean {
    return this.#isOutcomeKept;
  }

  async verify(): Promise<Authenticated | Rejection> {
    const verified = await this.#options.lookUp();
    if (verified.kind !== 'REJECTED') this.principal = verified;
    return verified;
  }

  ask(): void {
    this.#lookUpOnce().catch(() => {}); // who awaits it is told
  }

  async confirm(): Promise<boolean> {
    return (await this.#lookUpOnce()).isSame;
  }

  /** The result of the first look-up of this request. */
  async answer(): Promise<Authenticated | Rejection> {
    return (await this.#lookUpOnce()).answer;
  }

  keepOutcome(): void {
    this.#isOutcomeKept = true;
    this.#options.onConfirmed();
  }

  #lookUpOnce(): Promise<LookedUp> {
    this.#lookedUp ??= this.#lookUp();
    return this.#lookedUp;
  }

  async #lookUp(): Promise<LookedUp> {
    const answer = await this.#options.lookUp();
    const isSame = isDeepStrictEqual(answer, this.#presumed);
    if (isSame) this.#options.onConfirmed();
    return { answer, isSame };
  }
}

interface LookedUp {
  readonly answer: Authenticated | Rejection;
  /** Whether it is the principal of the last verification before this request. */
  readonly isSame: boolean;
}
