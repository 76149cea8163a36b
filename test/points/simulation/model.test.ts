import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { SCOPES } from '../../../src/auth/scope.js';
import { MAX_POINTS } from '../../../src/points/limits.js';
import type { User } from '../../../src/users/user.js';
import {
  AddPointsDocument,
  ApplyPointsDocument,
  ResolvePointsDocument,
  ReversePointsDocument,
  SpendPointsDocument,
  type UserBy,
} from '../../operations/generated.js';
import { it } from '../../support/fixtures.js';
import type { IssuedToken, TestResponse, TestServer } from '../../support/server.js';
import { keptLedger } from '../ledger.js';
import { createModel, type ModelChange, type ModelOutcome } from './model.js';

let unlimited: IssuedToken[];
it.beforeAll(async ({ server }) => {
  unlimited = [await server.everything(), await server.everything()];
});

/** Small, so that random changes reach them. */
const LIMITS = {
  maxPointsPerChange: 15,
  maxAddedPerDay: 60,
  maxSpentPerDay: 20,
  maxAddedPerUserPerDay: 40,
  maxSpentPerUserPerDay: 12,
};

/** A request, before it is known who the users are. */
interface Asked extends Omit<ModelChange, 'userId' | 'ownerId'> {
  readonly user: number;
  readonly token: number;
  readonly isByName: boolean;
}

interface AskedAmount extends Asked {
  readonly action: Extract<Asked['action'], { readonly points: number }>;
}

const points = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(MAX_POINTS, MAX_POINTS - 1, MAX_POINTS - 10) },
);
const common = {
  user: fc.nat(1),
  token: fc.nat(2),
  isByName: fc.boolean(),
  idempotencyKey: fc.option(fc.constantFrom('a', 'b', 'c', 'A')),
};
const amount = fc.record({ kind: fc.constantFrom('ADD' as const, 'SPEND' as const), points });
const reversal = fc.record({ kind: fc.constant('REVERSAL'), reverses: fc.integer({ min: 1, max: 6 }) });
const one: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ...common, action: amount }) },
  { weight: 2, arbitrary: fc.record({ ...common, action: reversal }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...common,
      idempotencyKey: fc.constantFrom('a', 'b', 'c'),
      action: fc.constant({ kind: 'RESOLVE' } as const),
    }),
  },
);
const many = fc.record({
  token: fc.nat(2),
  operations: fc.array(fc.record({ ...common, action: amount }), { minLength: 1, maxLength: 8 }),
});
type Many = { readonly token: number; readonly operations: readonly AskedAmount[] };
const requests = fc.array(fc.oneof({ weight: 4, arbitrary: one }, { weight: 1, arbitrary: many }), {
  minLength: 4,
  maxLength: 25,
});

/** The parties of a request, which it has the numbers of. */
interface Parties {
  readonly users: readonly User[];
  readonly tokens: readonly IssuedToken[];
}

/** Sends a request as its caller, about the user that it names. */
async function send(server: TestServer, asked: Asked, { users, tokens }: Parties): Promise<ModelOutcome> {
  const { action, idempotencyKey } = asked;
  const by = at(tokens, asked.token);
  const user = nameOf(asked, users);
  switch (action.kind) {
    case 'ADD':
      return outcomeOf(
        await server.send(by, AddPointsDocument, { input: { user, points: action.points, idempotencyKey } }),
      );
    case 'SPEND':
      return outcomeOf(
        await server.send(by, SpendPointsDocument, { input: { user, points: action.points, idempotencyKey } }),
      );
    case 'REVERSAL': {
      const entryId = `${at(users, asked.user).id}.${action.reverses}`;
      return outcomeOf(await server.send(by, ReversePointsDocument, { input: { entryId, idempotencyKey } }));
    }
    case 'RESOLVE': {
      const { data } = await server.send(by, ResolvePointsDocument, {
        input: { user, idempotencyKey: idempotencyKey ?? '' },
      });
      return outcomeOfResult(data.resolvePoints.result);
    }
  }
}

async function sendMany(
  server: TestServer,
  { token, operations }: Many,
  { users, tokens }: Parties,
): Promise<ModelOutcome[]> {
  const input = {
    operations: operations.map((asked) => {
      const { action, idempotencyKey } = asked;
      const change = { user: nameOf(asked, users), points: action.points, idempotencyKey };
      return action.kind === 'ADD' ? { add: change } : { spend: change };
    }),
  };
  const { data } = await server.send(at(tokens, token), ApplyPointsDocument, { input });
  return data.applyPoints.results.map(outcomeOfResult);
}

function nameOf({ user, isByName }: Asked, users: readonly User[]): UserBy {
  const { id, username } = at(users, user);
  return isByName ? { username } : { id };
}

function outcomeOf({ data, errors }: TestResponse): ModelOutcome {
  return outcomeOfResult({ payload: data.change, error: errors?.[0]?.extensions ?? null });
}

/** The shape is what the documents ask for. */
function outcomeOfResult({ payload, error }: TestResponse['data']): ModelOutcome {
  if (payload === null) {
    expect(error.effect).toBe('NONE');
    const { code, replayed, available, needed, limit, max, used } = error;
    return {
      outcome: code,
      replayed,
      ...(available != null && { available, needed }),
      ...(limit != null && { limit, max }),
      ...(used != null && { used }),
    };
  }
  const { kind, delta, balanceAfter, sequence, reverses } = payload.entry;
  expect(payload.points).toBe(balanceAfter);
  const entry = { kind, delta, balanceAfter, sequence, reverses: reverses?.sequence ?? null };
  return { outcome: 'APPLIED', replayed: payload.replayed, entry };
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error('There is no such item.');
  return item;
}

describe('The operations on points', () => {
  it('return what the model returns, for random changes in random order', async ({ server }) => {
    await fc.assert(
      fc.asyncProperty(requests, async (asked) => {
        const users = [await server.user(), await server.user()];
        const tokens = [...unlimited, await server.token(SCOPES, undefined, { limits: LIMITS })];
        const limits = { ...LIMITS, used: new Map() };
        const models = users.map(createModel);
        const expected = (request: Asked) =>
          at(models, request.user).apply({
            userId: at(users, request.user).id,
            ownerId: at(tokens, request.token).owner.id,
            limits: request.token === unlimited.length ? limits : undefined,
            ...request,
          });
        for (const request of asked) {
          if ('operations' in request) {
            const { token, operations } = request;
            const predicted = operations.map((operation) => expected({ ...operation, token }));
            expect(await sendMany(server, request, { users, tokens })).toEqual(predicted);
          } else {
            const predicted = expected(request);
            expect(await send(server, request, { users, tokens })).toEqual(predicted);
          }
        }
        for (const [index, { id }] of users.entries()) {
          const deltas = at(models, index).entries.map(({ delta }) => delta);
          expect((await keptLedger(server, id)).deltas).toEqual(deltas);
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
