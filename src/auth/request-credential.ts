import { isDeepStrictEqual } from 'node:util';
import type { VerifyBearer } from './authenticate.js';
import type { Authenticated, Principal } from './principal.js';
import type { Rejection } from './rejection.js';

/** The credential that a request carries, or that its connection was opened with. */
export interface RequestCredential {
  /** What it is taken for. */
  readonly principal: Principal;
  /** Verifies it now. Where it is accepted, `principal` is the result from then on. */
  verify(): Promise<Principal | Rejection>;
  /** Begins the look-up of `confirm`, unless it was begun. */
  ask(): void;
  /**
   * Whether the database has said since the request arrived that the credential is worth what it was taken for. Until then
   * nothing may be changed, and nothing may leave the process. A later `verify` does not change it.
   */
  confirm(): Promise<boolean>;
  /** Has the outcome sent whatever `confirm` says: something was changed, or may have been. */
  keepOutcome(): void;
}

/** A credential of which the database has said what it is worth before anything is done by it. */
export function verifiedCredential(principal: Principal, verify: RequestCredential['verify']): RequestCredential {
  let current = principal;
  return {
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
    ask: () => {},
    confirm: async () => true,
    keepOutcome: () => {},
  };
}

/** A bearer token that is taken for what it was last worth, while the database is asked what it is worth now. */
export class PresumedCredential implements RequestCredential {
  principal: Authenticated;
  readonly #presumed: Authenticated;
  readonly #lookUp: () => ReturnType<VerifyBearer>;
  #answer: Promise<Authenticated | Rejection> | undefined;
  #isOutcomeKept = false;

  constructor(presumed: Authenticated, lookUp: () => ReturnType<VerifyBearer>) {
    this.principal = presumed;
    this.#presumed = presumed;
    this.#lookUp = lookUp;
  }

  get isOutcomeKept(): boolean {
    return this.#isOutcomeKept;
  }

  async verify(): Promise<Authenticated | Rejection> {
    const verified = await this.#lookUp();
    if (verified.kind !== 'REJECTED') this.principal = verified;
    return verified;
  }

  ask(): void {
    this.answer().catch(() => {}); // who awaits it is told
  }

  async confirm(): Promise<boolean> {
    return isDeepStrictEqual(await this.answer(), this.#presumed);
  }

  /** What the database said first that the credential is worth. */
  answer(): Promise<Authenticated | Rejection> {
    this.#answer ??= this.#lookUp();
    return this.#answer;
  }

  keepOutcome(): void {
    this.#isOutcomeKept = true;
  }
}
