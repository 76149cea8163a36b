import { ScopesMissing } from '../../auth/errors.js';
import { authenticated, limitedTo, type Principal } from '../../auth/principal.js';
import { Annotated, BadUserInput } from '../../errors.js';
import { type Entry, type EntryRef, entryId } from '../../points/entry.js';
import { CredentialChanged, SequenceAhead } from '../../points/errors.js';
import { explainAllEnded, explainEnded } from '../../points/explain-ended.js';
import type { PointsOperation } from '../../points/operation.js';
import { parseAmount, parseKey, parseMany, parseReversal } from '../../points/parse-operation.js';
import { type Leader, listEntries, listLeaders } from '../../points/read-points.js';
import { UserNotFound } from '../../users/errors.js';
import type { Permission } from '../../users/live-credential.js';
import { countUsers } from '../../users/read-users.js';
import * as z from '../../zod.js';
import type { Context } from '../context.js';
import type { Resolvers } from '../generated.js';
import { connection, type Order, pageRequest, pageSize } from './connection.js';
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

const ADD: Permission = { coordinate: 'Mutation.addPoints', scopes: ['points:add'] };
const SPEND: Permission = { coordinate: 'Mutation.spendPoints', scopes: ['points:spend'] };
const REVERSE: Permission = { coordinate: 'Mutation.reversePoints', scopes: ['points:reverse'] };
const APPLY: Permission = { coordinate: 'Mutation.applyPoints', scopes: ['points:add', 'points:spend'] };
const RESOLVE: Permission = { coordinate: 'Mutation.resolvePoints', scopes: ['points:add', 'points:spend'] };

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
      await settled(context, SPEND, async ({ services: { ledger }, request: { principal } }) => {
        const operation = parseAmount('SPEND', input, asked(principal));
        return toPayload(await ledger.apply(onOwn(operation, limitedTo(principal, 'points:spend'))));
      }),
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
      await settled(context, RESOLVE, async ({ services: { ledger }, request: { principal } }) => {
        const operation = onOwn(parseKey(input, asked(principal)), limitedTo(principal, 'points:spend'));
        const [result] = await Promise.allSettled([ledger.apply(operation)]);
        if (result.status === 'rejected' && !isStored(result.reason)) throw result.reason;
        return { result: toResult(result) };
      }),
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
        return await pointsFeed.followEverybody();
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
      const request = pageRequest(bySequence, args);
      const page = await reads.entriesOf({ of: id, first: request.first, after: request.after });
      // Sequences have no gap: the last one is the number of entries.
      return connection(bySequence, request, page, async () => (await reads.balanceOf(id))?.sequence ?? 0);
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
function onOwn(operation: PointsOperation, userId: string | undefined): PointsOperation {
  return userId === undefined ? operation : { ...operation, user: { id: userId } };
}

/** Adds to every error whether the change may have happened, and explains a credential that has ended. */
async function settled<Result>(
  context: Context,
  permission: Permission,
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(context);
  } catch (error) {
    const explained = await explainEnded(error, () => reasonOfEnd(context, permission));
    throw new Annotated(explained, { effect: effectOf(error) });
  }
}

/** Why a change was not made whose credential, under the lock, was no longer the one that had been allowed to make it. */
async function reasonOfEnd({ request }: Context, { coordinate, scopes }: Permission): Promise<unknown> {
  try {
    await request.recheck();
  } catch (reason) {
    return reason;
  }
  const { scopes: held } = authenticated(request.principal);
  if (scopes.every((scope) => held.includes(scope))) return new CredentialChanged();
  return new ScopesMissing(
    coordinate,
    { required: scopes, held },
    (missing) => `The user's role has changed and now lacks ${missing}. Nothing was changed.`,
  );
}
