import fc from 'fast-check';
import type { Credential } from '../../../src/auth/actor.js';
import type { PointsChange } from '../../../src/points/change.js';
import type { UserRef } from '../../../src/users/user.js';
import type { Fault } from './stub-database.js';

/** What is asked of which node, after how many turns of the event loop, and what goes wrong meanwhile. */
export interface Plan {
  readonly requests: readonly {
    readonly node: number;
    readonly turns: number;
    readonly changes: readonly PointsChange[];
  }[];
  /** The users, or the counter, that another session locks. */
  readonly locks: readonly { readonly name: string; readonly turns: number }[];
  readonly faults: readonly Fault[];
  /** What happens to credentials, while the statement with this number is on its way or later. */
  readonly endings: readonly { readonly what: Ending; readonly statement: number }[];
}

export type Ending = 'REVOKE' | 'REVOKE_ANOTHER' | 'LOG_OUT' | 'DEMOTE' | 'PROMOTE';

const TOKEN: Credential = { kind: 'APP', tokenId: 'token', storedTerms: '', dayCounter: null };
export const LIMITED_TOKEN: Credential = {
  kind: 'APP',
  tokenId: 'limited token',
  storedTerms: '',
  dayCounter: 'counter',
};
/** The same, as a node knows it from before it had a limit. */
export const LATELY_LIMITED_TOKEN: Credential = { ...LIMITED_TOKEN, dayCounter: null };
const ANOTHER_TOKEN: Credential = { kind: 'APP', tokenId: 'another token', storedTerms: '', dayCounter: null };
const SESSION: Credential = { kind: 'USER', sessionId: 'session', role: 'ADMIN' };

export const USERS = ['ann', 'bob', 'cy'];

const user: fc.Arbitrary<UserRef> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...USERS).map((id) => ({ id })) },
  { weight: 1, arbitrary: fc.constantFrom(...USERS, 'nobody').map((id) => ({ username: id.toUpperCase() })) },
);
const points = fc.integer({ min: 1, max: 9 });
const amount = fc.record({ kind: fc.constantFrom('ADD', 'SPEND'), points });
const hold = fc.integer({ min: 1, max: 3 });
const others: fc.Arbitrary<PointsChange['action']> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('TRANSFER'), points, to: user }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('HOLD'), points, expiresInSeconds: fc.constantFrom(1, 4, 20) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('CAPTURE'), hold, points: fc.option(points), to: fc.option(user) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('RELEASE'), hold }) },
);
const inList = fc.oneof({ weight: 3, arbitrary: amount }, { weight: 2, arbitrary: others });
const reversal = fc.record({ kind: fc.constant('REVERSAL'), reverses: fc.integer({ min: 1, max: 4 }) });

const changeOf = (action: fc.Arbitrary<PointsChange['action']>) =>
  fc.record({
    user,
    action,
    idempotencyKey: fc.option(fc.constantFrom('a', 'b', 'c', 'd')),
    isPoison: fc.integer({ min: 0, max: 19 }).map((number) => number === 0),
  });
/** Of one request, and so of one credential. */
const changes = fc
  .record({
    list: fc.oneof(
      { weight: 3, arbitrary: fc.array(changeOf(inList), { minLength: 1, maxLength: 4 }) },
      { weight: 1, arbitrary: changeOf(reversal).map((one) => [one]) },
    ),
    ownerId: fc.constantFrom('one', 'another'),
    credential: fc.constantFrom<Credential[]>(
      { kind: 'NONE' },
      TOKEN,
      ANOTHER_TOKEN,
      LIMITED_TOKEN,
      LATELY_LIMITED_TOKEN,
      SESSION,
    ),
  })
  .map(({ list, ...by }) => list.map((change) => ({ ...change, ...by })));

const fault = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('NONE') },
    { weight: 5, arbitrary: fc.constantFrom('LOST_BEFORE', 'LOST_AFTER', 'LOST_WHILE_IT_RUNS') },
    { weight: 1, arbitrary: fc.constant('NOT_SENT') },
    { weight: 2, arbitrary: fc.constantFrom('SERIALIZATION_FAILURE', 'UNIQUE_VIOLATION', 'CANCELLED', 'TERMINATED') },
  ),
  takesMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(2) },
    { weight: 1, arbitrary: fc.constantFrom(500, 9_000, 13_000) },
  ),
});

export const plans: fc.Arbitrary<Plan> = fc
  .record({
    asked: fc.array(fc.record({ node: fc.nat(1), turns: fc.nat(5), changes }), {
      minLength: 1,
      maxLength: 10,
    }),
    locks: fc.array(fc.record({ name: fc.constantFrom(...USERS, 'counter'), turns: fc.integer({ min: 1, max: 30 }) }), {
      maxLength: 3,
    }),
    faults: fc.array(fault, { maxLength: 40 }),
    endings: fc.array(
      fc.record({
        what: fc.constantFrom<Ending[]>('REVOKE', 'REVOKE_ANOTHER', 'LOG_OUT', 'DEMOTE', 'PROMOTE'),
        statement: fc.integer({ min: 1, max: 12 }),
      }),
      { maxLength: 5 },
    ),
  })
  .map(({ asked, ...rest }) => ({
    ...rest,
    requests: asked.map(({ node, turns, changes }, request) => ({
      node,
      turns,
      changes: changes.map(({ isPoison, ...each }, nth) => ({
        ...each,
        reason: `${isPoison ? 'poison' : 'change'} ${request}.${nth}`,
      })),
    })),
  }));
