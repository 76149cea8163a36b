import { applyRequested } from '../../accounts/change-new-users.js';
import { limitedTo } from '../../auth/principal.js';
import { BadUserInput } from '../../errors.js';
import type { PointsChange } from '../../points/change.js';
import type { Entry } from '../../points/entry.js';
import { readFeedStart } from '../../points/feed/feed-start.js';
import { parseAdd, parseAmount, parseKey, parseMany, parseReversal } from '../../points/parse-change.js';
import type { Leader } from '../../points/read-leaders.js';
import { countUsers } from '../../users/read-users.js';
import { parseUserRef, refKey } from '../../users/user.js';
import * as z from '../../zod.js';
import type { Resolvers } from '../generated.js';
import { applyAllRequested } from './apply-all-requested.js';
import { applyChange } from './apply-change.js';
import { connection, type Order, pageRequest, pageSize } from './connection.js';
import { ownerOf } from './owner-of.js';
import { asked, fieldOf, settled } from './points-field.js';
import { isStored, toPayload, toResult } from './points-payload.js';

const byPoints: Order<Leader, [number, string]> = {
  list: 'leaderboard',
  keyOf: (user) => [user.points, user.username.toLowerCase()],
  key: z.tuple([z.int(), z.string().regex(/^[a-z0-9_.-]{1,64}$/)]),
};

export const resolvers: Pick<Resolvers, 'Query' | 'Mutation' | 'Subscription' | 'User'> = {
  Query: {
    pointsByDay: async (_source, { first }, { services: { reads } }) => await reads.pointsByDay(pageSize(first ?? 30)),
    pointsTotals: async (_source, _args, { services: { reads } }) => await reads.pointsTotals(),
    leaderboard: async (_source, args, { services: { database, reads } }) => {
      const request = pageRequest(byPoints, args);
      return connection(byPoints, request, await reads.leaders(request), () => countUsers(database, {}));
    },
  },
  Mutation: {
    addPoints: async (_source, { input }, context) => {
      const { services, request } = context;
      return await settled(fieldOf(context, 'Mutation.addPoints'), async () =>
        toPayload(
          await applyRequested(parseAdd(input, asked(request.principal)), (change) => applyChange(context, change), {
            ensureUser: services.ensureUser,
            actor: request.actor,
          }),
        ),
      );
    },
    spendPoints: async (_source, { input }, context) => {
      const { request } = context;
      return await settled(fieldOf(context, 'Mutation.spendPoints', input.user), async () => {
        const change = parseAmount('SPEND', input, asked(request.principal));
        return toPayload({
          applied: await applyChange(context, onOwn(change, limitedTo(request.principal, 'points:spend'))),
        });
      });
    },
    reversePoints: async (_source, { input }, context) => {
      const { request } = context;
      return await settled(fieldOf(context, 'Mutation.reversePoints'), async () =>
        toPayload({ applied: await applyChange(context, parseReversal(input, asked(request.principal))) }),
      );
    },
    applyPoints: async (_source, { input }, context) => {
      const { request } = context;
      const field = fieldOf(context, 'Mutation.applyPoints');
      return await settled(field, async () => {
        const requests = parseMany(input.operations, asked(request.principal, 'input.operations'));
        return { results: await applyAllRequested(context, requests, field) };
      });
    },
    resolvePoints: async (_source, { input }, context) => {
      const { request } = context;
      return await settled(fieldOf(context, 'Mutation.resolvePoints', input.user), async () => {
        const own = limitedTo(request.principal, 'points:add', 'points:spend', 'points:transfer');
        const change = onOwn(parseKey(input, asked(request.principal)), own);
        const [result] = await Promise.allSettled([applyChange(context, change)]);
        if (result.status === 'rejected' && !isStored(result.reason)) throw result.reason;
        return { result: toResult(result) };
      });
    },
  },
  Subscription: {
    pointsChanged: {
      subscribe: async (_source, { user, after }, context) => {
        const { pointsFeed } = context.services;
        if (user != null) {
          const userId = await ownerOf(context, { field: 'user', user }, 'points:read');
          context.request.followed.set(refKey(parseUserRef('user', user)), userId);
          return pointsFeed.followUser(await readFeedStart(context.services.reads, userId, after));
        }
        if (after != null) throw new BadUserInput('after', 'A sequence belongs to one user. Set `user` too.');
        return await pointsFeed.followAllUsers();
      },
      resolve: (entry: Entry) => entry,
    },
  },
  User: {
    points: async ({ id, points }, _args, { services: { reads } }) =>
      points ?? (await reads.balanceOf(id))?.points ?? 0,
  },
};

/** Limits a change to the one user whose points the caller may spend; undefined: the caller may spend any. */
function onOwn(change: PointsChange, userId: string | undefined): PointsChange {
  return userId === undefined ? change : { ...change, user: { id: userId } };
}
