import { isDeepStrictEqual } from 'node:util';
import { vi } from 'vitest';
import { PresumedCredential } from '../../../src/auth/request-credential.js';
import { RequestContext } from '../../../src/graphql/context.js';
import type { Attempt } from '../../../src/points/change.js';
import { isAsAllowed } from './credential.js';
import type { Planted } from './simulation.js';

/**
 * Faults that a confirmation could well have. The test plants them, one at a time, and sees that they are found: in place
 * of a method, or between the server and its database. Nothing of it is in the product.
 */
export interface PlantedBug {
  readonly bug: string;
  readonly planted?: () => Planted;
  /** Replaces methods until the end of the test. */
  readonly replace?: () => void;
}

const confirmBy = (confirm: (this: PresumedCredential) => Promise<boolean>) => () => {
  vi.spyOn(PresumedCredential.prototype, 'confirm').mockImplementation(confirm);
};

export const PLANTED_BUGS: readonly PlantedBug[] = [
  { bug: 'no look-up is waited for', replace: confirmBy(async () => true) },
  {
    bug: 'a look-up is waited for, and not compared',
    replace: confirmBy(async function () {
      await this.answer();
      return true;
    }),
  },
  {
    bug: 'only scopes are compared',
    replace: confirmBy(async function () {
      const answer = await this.answer();
      return answer.kind !== 'REJECTED' && isDeepStrictEqual(answer.scopes, this.principal.scopes);
    }),
  },
  {
    bug: 'a look-up that failed confirms',
    replace: confirmBy(async function () {
      const [answer] = await Promise.allSettled([this.answer()]);
      return answer.status === 'rejected' || isDeepStrictEqual(answer.value, this.principal);
    }),
  },
  {
    bug: 'each confirmation asks anew',
    replace: confirmBy(async function () {
      const presumed = this.principal;
      return isDeepStrictEqual(await this.verify(), presumed);
    }),
  },
  {
    bug: 'the answer is compared with what a later verification found',
    replace: confirmBy(async function () {
      return isDeepStrictEqual(await this.answer(), this.principal);
    }),
  },
  {
    bug: 'an outcome is kept before the credential is confirmed',
    replace: () => {
      vi.spyOn(PresumedCredential.prototype, 'ask').mockImplementation(function (this: PresumedCredential) {
        this.answer().catch(() => {});
        this.keepOutcome();
      });
    },
  },
  {
    bug: 'the outcome of a change that was made is not kept',
    replace: () => {
      vi.spyOn(PresumedCredential.prototype, 'keepOutcome').mockImplementation(() => {});
    },
  },
  {
    bug: 'a mutation is confirmed only after it ran',
    replace: () => {
      vi.spyOn(RequestContext.prototype, 'confirmCredential').mockImplementation(async () => true);
    },
  },
  {
    bug: 'the answer of an earlier look-up is used again',
    planted: () => {
      let answer: ReturnType<NonNullable<Planted['verify']>> extends (bearer: string) => infer Answer ? Answer : never;
      return { verify: (verify) => (bearer) => (answer ??= verify(bearer)) };
    },
  },
  {
    bug: 'a look-up that another request has sent is waited for',
    planted: () => {
      let inFlight: Promise<Awaited<ReturnType<ReturnType<NonNullable<Planted['verify']>>>>> | undefined;
      return {
        verify: (verify) => (bearer) => {
          inFlight ??= verify(bearer).finally(() => {
            inFlight = undefined;
          });
          return inFlight;
        },
      };
    },
  },
  {
    bug: 'the statement of a change compares nothing',
    planted: () => ({
      statement: (run) => (attempts, waitMs) => run(attempts.map(withoutCredential), waitMs),
    }),
  },
  {
    bug: 'the statement of a change presumes that the credential is alive',
    planted: () => ({
      statement: (run, world) => (attempts, waitMs) =>
        run(
          attempts.map((attempt) =>
            isAsAllowed(attempt.change.credential, { ...world.state, fault: 'NONE' })
              ? withoutCredential(attempt)
              : attempt,
          ),
          waitMs,
        ),
    }),
  },
  {
    bug: 'the statement of a change compares whether the credential is alive, and no scopes',
    planted: () => ({
      statement: (run, world) => (attempts, waitMs) =>
        run(world.state.fault === 'NONE' ? attempts.map(withoutCredential) : attempts, waitMs),
    }),
  },
  {
    bug: 'a retry does not compare the credential',
    planted: () => ({
      statement: (run) => (attempts, waitMs) =>
        run(
          attempts.map((attempt) => (attempt.isRetry ? withoutCredential(attempt) : attempt)),
          waitMs,
        ),
    }),
  },
  {
    bug: 'what was found after a lost attempt is sent as if it had been compared',
    planted: () => ({
      ledger: (ledger) => ({
        ...ledger,
        apply: async (change) => ({ ...(await ledger.apply(change)), wasLost: false }),
      }),
    }),
  },
];

function withoutCredential({ change, isRetry }: Attempt): Attempt {
  return { change: { ...change, credential: { kind: 'NONE' } }, isRetry };
}
