import { roleChanged } from '../../auth/errors.js';
import { type Coordinate, PERMISSIONS, type Permission } from '../../auth/permissions.js';
import { authenticated, limitedTo, type Principal } from '../../auth/principal.js';
import { BadUserInput, WithExtensions } from '../../errors.js';
import type { PointsChange } from '../../points/change.js';
import { type Entry, type EntryRef, entryId } from '../../points/entry.js';
import { CredentialChanged, SequenceAhead } from '../../points/errors.js';
import { explainAllEnded, explainEnded } from '../../points/explain-ended.js';
import { parseAmount, parseKey, parseMany, parseReversal } from '../../points/parse-change.js';
import { type Leader, listEntries, listLeaders } from '../../points/read-points.js';
import { UserNotFound } from '../../users/errors.js';
import { countUsers } from '../../users/read-users.js';
import { isNamedBy, parseUserRef } from '../../users/user.js';
import * as z from '../../zod.js';
import type { Context } from '../context.js';
import type { Resolvers, UserBy } from '../generated.js';
import { connection, listOf, type Order, pageRequest, pageSize } from './connection.js';
import { ownerOf } from './owner-of.js';
import { effectOf, isStored, toPayload, toResult } from './points-payload.js';

const bySequence: Order<Entry, [number]> = {
  list: 'pointsHistory',
  keyOf: (entry) => [entry.sequence],
  key: z.tuple([z.int32()]),
};

const byDate: Order<Entry, [string, number]> = {
  list: 'pointsEntries',
  keyOf: (entry) => [entry.userId, entry.sequence],
  key: z.tuple([z.uuid(), z.int32()]),
};

const byPoints: Order<Leader, [number, string]> = {
  list: 'leaderboard',
  keyOf: (user) => [user.points, user.username.toLowerCase()],
  key: z.tuple([z.int(), z.string().regex(/^[a-z0-9_.-]{1,64}$/)]),
};

/** A field that changes points, and the user whose points a user may change there if they are their own. */
interface PointsField {
  readonly coordinate: Coordinate;
  readonly user?: UserBy;
}

const ADD: PointsField = { coordinate: 'Mutation.addPoints' };
const REVERSE: PointsField = { coordinate: 'Mutation.reversePoints' };
const APPLY: PointsField = { coordinate: 'Mutation.applyPoints' };

export const resolvers: Pick<Resolvers, 'Query' | 'Mutation' | 'Subscription' | 'PointsEntry' | 'User'> = {
  Query: {
    pointsEntries: async (_source, args, { services: { database, reads } }) => {
      const request = pageRequest(byDate, args);
      const page = await listEntries(database, request);
      return connection(byDate, request, page, async () => (await reads.pointsTotals()).entries);
    },
    pointsByDay: async (_source, { first }, { services: { reads } }) => await reads.pointsByDay(pageSize(first ?? 30)),
    pointsTotals: async (_source, _args, { services: { reads } }) => await reads.pointsTotals(),
    leaderboard: async (_source, args, { services: { database } }) => {
      const request = pageRequest(byPoints, args);
      return connection(byPoints, request, await listLeaders(database, request), () => countUsers(database, {}));
    },
  },
  Mutation: {
    addPoints: async (_source, { input }, context) =>
      await settled(context, ADD, async ({ services: { ledger }, request: { principal } }) =>
        toPayload(await ledger.apply(parseAmount('ADD', input, asked(principal)))),
      ),
    spendPoints: async (_source, { input }, context) =>
      await settled(
        context,
        { coordinate: 'Mutation.spendPoints', user: input.user },
        async ({ services: { ledger }, request: { principal } }) => {
          const operation = parseAmount('SPEND', input, asked(principal));
          return toPayload(await ledger.apply(onOwn(operation, limitedTo(principal, 'points:spend'))));
        },
      ),
    reversePoints: async (_source, { input }, context) =>
      await settled(context, REVERSE, async ({ services: { ledger }, request: { principal } }) =>
        toPayload(await ledger.apply(parseReversal(input, asked(principal)))),
      ),
    applyPoints: async (_source, { input }, context) =>
      await settled(context, APPLY, async ({ services: { ledger, reads }, request }) => {
        const operations = parseMany(input.operations, asked(request.principal, 'input.operations'));
        const named = operations.map(async (operation) => ({
          ...operation,
          user: { id: await reads.userId(operation.user) },
        }));
        const results = await ledger.applyAll(await Promise.all(named), request.recheck);
        return { results: (await explainAllEnded(results, () => reasonOfEnd(context, APPLY))).map(toResult) };
      }),
    resolvePoints: async (_source, { input }, context) =>
      await settled(
        context,
        { coordinate: 'Mutation.resolvePoints', user: input.user },
        async ({ services: { ledger }, request: { principal } }) => {
          const operation = onOwn(parseKey(input, asked(principal)), limitedTo(principal, 'points:spend'));
          const [result] = await Promise.allSettled([ledger.apply(operation)]);
          if (result.status === 'rejected' && !isStored(result.reason)) throw result.reason;
          return { result: toResult(result) };
        },
      ),
  },
  Subscription: {
    pointsChanged: {
      subscribe: async (_source, { user, after }, context) => {
        const { pointsFeed } = context.services;
        if (user != null) {
          const userId = await ownerOf(context, user, 'points:read');
          return pointsFeed.followUser(await startOf(context, userId, after));
        }
        if (after != null) throw new BadUserInput('after', 'A sequence belongs to one user. Set `user` too.');
        return await pointsFeed.followAllUsers();
      },
      resolve: (entry: Entry) => entry,
    },
  },
  PointsEntry: {
    id: (entry) => entryId(entry),
    user: async ({ userId }, _args, { services: { reads } }) => await reads.existingUser(userId),
    reverses: async ({ userId, reverses }, _args, { services: { reads } }) =>
      reverses === null ? null : ((await reads.entryByRef({ userId, sequence: reverses })) ?? null),
  },
  User: {
    points: async ({ id }, _args, { services: { reads } }) => (await reads.balanceOf(id))?.points ?? 0,
    pointsHistory: async ({ id }, args, { services: { reads } }) => {
      const order = listOf(bySequence, { user: id });
      const request = pageRequest(order, args);
      const page = await reads.entriesOf({ of: id, first: request.first, after: request.after });
      // Sequences have no gap: the last one is the number of entries.
      return connection(order, request, page, async () => (await reads.balanceOf(id))?.sequence ?? 0);
    },
  },
};

/** The entry after which a feed starts: the one given, else the last one at present. */
async function startOf(
  { services: { reads } }: Context,
  userId: string,
  after: number | null | undefined,
): Promise<EntryRef> {
  if (after != null && after < 0)
    throw new BadUserInput('after', 'Sequences start at 1. Use 0 to receive all entries.');
  const user = await reads.userById(userId);
  if (user === undefined || user.deletedAt !== null) throw new UserNotFound();
  const last = (await reads.balanceOf(user.id))?.sequence ?? 0;
  if (after != null && after > last) throw new SequenceAhead(last);
  return { userId: user.id, sequence: after ?? last };
}

function asked(principal: Principal, field = 'input') {
  return { by: authenticated(principal), field };
}

/** Limits a change to the one user whose points the caller may spend; undefined: the caller may spend any. */
function onOwn(operation: PointsChange, userId: string | undefined): PointsChange {
  return userId === undefined ? operation : { ...operation, user: { id: userId } };
}

/** Adds to every error whether the change may have happened, and explains a credential that has ended. */
async function settled<Result>(
  context: Context,
  field: PointsField,
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(context);
  } catch (error) {
    const explained = await explainEnded(error, () => reasonOfEnd(context, field));
    throw new WithExtensions(explained, { effect: effectOf(error) });
  }
}

/** Why a change was not made whose credential, under the lock, was no longer the one that had been allowed to make it. */
async function reasonOfEnd({ request }: Context, { coordinate, user }: PointsField): Promise<unknown> {
  try {
    await request.recheck();
  } catch (reason) {
    return reason;
  }
  const caller = authenticated(request.principal);
  const { scopes: required, isOpenToOwner }: Permission = PERMISSIONS[coordinate];
  const isOwn = isOpenToOwner && caller.kind === 'USER' && user !== undefined && isNamedBy(parseUserRef(user), caller);
  const isStillAllowed = isOwn || required.every((scope) => caller.scopes.includes(scope));
  return isStillAllowed ? new CredentialChanged() : roleChanged(coordinate, { required, held: caller.scopes });
}
