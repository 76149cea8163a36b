import type { ApplyPoints, Attempt } from '../../../src/points/change.js';
import type { StubDatabase } from './stub-database.js';

/** What a faulty ledger would do with a statement. */
export const FAULTY_LEDGERS: readonly {
  readonly bug: string;
  plant(run: ApplyPoints, database: StubDatabase): ApplyPoints;
}[] = [
  {
    bug: 'the credential is read before the lock',
    plant:
      (run, { credentials }) =>
      (attempts, waitMs) =>
        run(
          attempts.map((attempt) =>
            credentials.isAlive(attempt.change.credential) ? withoutCredential(attempt) : attempt,
          ),
          waitMs,
        ),
  },
  {
    bug: 'a limit is read before the statement, and only counted by it',
    plant:
      (run, { limits }) =>
      async (attempts, waitMs) => {
        if ((limits.used.get('')?.added ?? 0) > 0) return await run(attempts, waitMs);
        return await run(attempts.map(withoutCounter), waitMs);
      },
  },
  {
    bug: 'the credential of a retry is not read',
    plant: (run) => {
      const seen = new Set<string | null>();
      return (attempts, waitMs) =>
        run(
          attempts.map((attempt) => {
            const { reason } = attempt.change;
            if (seen.has(reason)) return withoutCredential(attempt);
            seen.add(reason);
            return attempt;
          }),
          waitMs,
        );
    },
  },
  {
    bug: 'an ended credential is told the first answer of a key',
    plant: (run) => (attempts, waitMs) =>
      run(
        attempts.map((attempt) => ({ ...attempt, isRetry: true })),
        waitMs,
      ),
  },
  {
    bug: 'whatever fails is sent again, with or without a key',
    plant: (run) => (attempts, waitMs) => run(attempts, waitMs).catch(() => run(attempts, waitMs)),
  },
  {
    bug: 'a statement that was lost counts as one that was never sent',
    plant: (run) => (attempts, waitMs) =>
      run(attempts, waitMs).catch((error: Error) => {
        throw /terminated|ECONNRESET|timeout/.test(error.message) ? new Error('connect ECONNREFUSED') : error;
      }),
  },
  {
    bug: 'another attempt is made under another key',
    plant: (run) => {
      const counts = new Map<string, number>();
      return (attempts, waitMs) =>
        run(
          attempts.map(({ change, isRetry }) => {
            const name = change.reason ?? '';
            const count = counts.get(name) ?? 0;
            counts.set(name, count + 1);
            const { idempotencyKey } = change;
            return count === 0 || idempotencyKey === null
              ? { change, isRetry }
              : { change: { ...change, idempotencyKey: `${idempotencyKey} ${count}` }, isRetry };
          }),
          waitMs,
        );
    },
  },
  {
    bug: 'the operations of a statement are done from the last to the first',
    plant: (run) => async (attempts, waitMs) => (await run(attempts.toReversed(), waitMs)).toReversed(),
  },
  {
    bug: 'answers go to another request',
    plant: (run) => async (attempts, waitMs) => {
      const [first, ...others] = await run(attempts, waitMs);
      return first === undefined ? [] : [...others, first];
    },
  },
];

function withoutCounter({ change, isRetry }: Attempt): Attempt {
  const { credential } = change;
  const unlimited = credential.kind === 'APP' ? { ...credential, tokenId: 'token', dayCounter: null } : credential;
  return { change: { ...change, credential: unlimited }, isRetry };
}

function withoutCredential({ change, isRetry }: Attempt): Attempt {
  return { change: { ...change, credential: { kind: 'NONE' } }, isRetry };
}
