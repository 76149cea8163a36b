import { isDeepStrictEqual } from 'node:util';
import type { VerifyBearer } from './authenticate.js';
import type { Authenticated, Principal } from './principal.js';
import type { Rejection } from './rejection.js';

/** The credential that a request carries, or that its connection was opened with. */
export interface RequestCredential extends Confirmation {
  /** What it is taken for. */
  readonly principal: Principal;
  /** Verifies it now. Where it is accepted, `principal` is the result from then on. */
  verify(): Promise<Principal | Rejection>;
}

/** Whether the database has said since the request arrived what its credential is worth. */
interface Confirmation {
  /** Begins the look-up of `confirm`, unless it was begun. */
  ask(): void;
  /**
   * Whether the credential is worth what it was taken for. Until then nothing may be changed, and nothing may leave the
   * process. It says the same each time: a later `verify` does not change it.
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
      // Nor can what was sent instead of a credential end.
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

/** A bearer token that is taken for what it was last worth, while the database is asked what it is worth now. */
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

  /** What the database said that the credential is worth, when it was first asked. */
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
  /** Whether it is what the credential was taken for. */
  readonly isSame: boolean;
}
