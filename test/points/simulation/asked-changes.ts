import fc from 'fast-check';
import { MAX_POINTS } from '../../../src/points/limits.js';
import type { ModelAction, ModelChange } from './model.js';

/** A request, before it is known who the users are: they are named by numbers. */
export interface Asked extends Omit<ModelChange, 'userId' | 'ownerId'> {
  readonly user: number;
  readonly token: number;
  readonly isByName: boolean;
}

/** Several changes in one request. */
export interface Many {
  readonly token: number;
  readonly operations: readonly Asked[];
}

/** Lets time pass, at the end of which holds may have expired. */
export interface Passing {
  readonly seconds: number;
}

/** The users of a run, and the number of one that does not exist. */
export const USERS = 3;
export const NO_USER = String(USERS);

/** Holds end only where time is let pass: a run takes less than the difference. */
const HOUR = 3_600;
const LIFETIMES = [HOUR / 2, HOUR + HOUR / 2, 24 * HOUR];

const points = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(MAX_POINTS, MAX_POINTS - 1, MAX_POINTS - 10) },
);
const common = {
  user: fc.nat(USERS - 1),
  token: fc.nat(2),
  isByName: fc.boolean(),
  idempotencyKey: fc.option(fc.constantFrom('a', 'b', 'c', 'A')),
};
const to = fc.oneof(
  { weight: 9, arbitrary: fc.nat(USERS - 1).map(String) },
  { weight: 1, arbitrary: fc.constant(NO_USER) },
);
const hold = fc.integer({ min: 1, max: 4 });
const amount = fc.record({ kind: fc.constantFrom('ADD' as const, 'SPEND' as const), points });
const holding: fc.Arbitrary<ModelAction> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('HOLD'), points, expiresInSeconds: fc.constantFrom(...LIFETIMES) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('CAPTURE'),
      hold,
      points: fc.option(points, { freq: 2 }),
      to: fc.option(to, { freq: 1 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('RELEASE'), hold }) },
);
const transfer = fc.record({ kind: fc.constant('TRANSFER' as const), points, to });
const reversal = fc.record({ kind: fc.constant('REVERSAL' as const), reverses: fc.integer({ min: 1, max: 6 }) });
const inList: fc.Arbitrary<ModelAction> = fc.oneof(
  { weight: 4, arbitrary: amount },
  { weight: 4, arbitrary: holding },
  { weight: 2, arbitrary: transfer },
);
const one: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ ...common, action: inList }) },
  { weight: 3, arbitrary: fc.record({ ...common, action: reversal }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...common,
      idempotencyKey: fc.constantFrom('a', 'b', 'c'),
      action: fc.constant({ kind: 'RESOLVE' } as const),
    }),
  },
);
const many: fc.Arbitrary<Many> = fc.record({
  token: fc.nat(2),
  operations: fc.array(fc.record({ ...common, action: inList }), { minLength: 1, maxLength: 8 }),
});
const passing: fc.Arbitrary<Passing> = fc.record({ seconds: fc.constant(HOUR) });

export const requests = fc.array(
  fc.oneof({ weight: 12, arbitrary: one }, { weight: 3, arbitrary: many }, { weight: 1, arbitrary: passing }),
  { minLength: 4, maxLength: 30 },
);
