import { z } from 'zod';
import { type Authenticated, authenticated } from '../auth/principal.js';
import { databaseFailure } from '../database/failure.js';
import { Annotated, BadUserInput } from '../errors.js';
import { connection, type Order, pageRequest } from '../graphql/connection.js';
import type { AddPointsInput, Resolvers } from '../graphql/generated.js';
import { parseText } from '../input.js';
import { countUsers } from '../users/read-users.js';
import { parseUserRef } from '../users/user.js';
import { type Entry, entryId } from './entry.js';
import type { Applied, PointsOperation } from './ledger.js';
import { type Leader, listLeaders } from './read-points.js';

const bySequence: Order<Entry, [number]> = {
  keyOf: (entry) => [entry.sequence],
  key: z.tuple([z.int32()]),
};

const byPoints: Order<Leader, [number, string]> = {
  keyOf: (user) => [user.points, user.username.toLowerCase()],
  key: z.tuple([z.int(), z.string().max(64)]),
};

export const resolvers: Pick<Resolvers, 'Query' | 'Mutation' | 'PointsEntry' | 'User'> = {
  Query: {
    leaderboard: async (_source, args, { database }) => {
      const request = pageRequest(byPoints, args);
      return connection(byPoints, request, await listLeaders(database, request), () => countUsers(database, {}));
    },
  },
  Mutation: {
    addPoints: async (_source, { input }, { ledger, principal }) =>
      await settled(async () => added(await ledger.apply(operation('ADD', input, authenticated(principal))))),
    spendPoints: async (_source, { input }, { ledger, principal }) =>
      await settled(async () => spent(await ledger.apply(operation('SPEND', input, authenticated(principal))))),
  },
  PointsEntry: {
    id: (entry) => entryId(entry),
    user: async ({ userId }, _args, { reads }) => await reads.existingUser(userId),
    reverses: async ({ userId, reverses }, _args, { reads }) =>
      reverses === null ? null : ((await reads.entryByRef({ userId, sequence: reverses })) ?? null),
  },
  User: {
    points: async ({ id }, _args, { reads }) => (await reads.balanceOf(id))?.points ?? 0,
    pointsHistory: async ({ id }, args, { reads }) => {
      const request = pageRequest(bySequence, args);
      const page = await reads.entriesOf({ ...request, of: id });
      // Sequences have no gap: the last one is how many there are.
      return connection(bySequence, request, page, async () => (await reads.balanceOf(id))?.sequence ?? 0);
    },
  },
};

function operation(kind: 'ADD' | 'SPEND', input: AddPointsInput, principal: Authenticated): PointsOperation {
  if (input.points < 1) throw new BadUserInput('input.points', 'Points are added and spent from 1 upwards.');
  return {
    user: parseUserRef(input.user),
    change: { kind, points: input.points },
    reason: input.reason == null ? null : parseText('input.reason', input.reason, { least: 0, most: 500 }),
    idempotencyKey:
      input.idempotencyKey == null
        ? null
        : parseText('input.idempotencyKey', input.idempotencyKey, { least: 1, most: 255 }),
    ownerId: principal.userId,
    tokenId: principal.kind === 'APP' ? principal.tokenId : null,
  };
}

function added(applied: Applied) {
  return payload(applied, `Successfully added ${applied.entry.delta} points to ${applied.username}`);
}

function spent(applied: Applied) {
  return payload(applied, `Successfully spent ${-applied.entry.delta} points of ${applied.username}`);
}

function payload({ entry, user, replayed }: Applied, message: string) {
  return { message, user, points: entry.balanceAfter, entry, replayed };
}

/** Adds to every error whether the change may have happened: only a connection lost under the statement leaves it open. */
async function settled<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new Annotated(error, { effect: databaseFailure(error)?.kind === 'lost' ? 'UNKNOWN' : 'NONE' });
  }
}
