import { limitedTo } from '../../auth/principal.js';
import { parseText } from '../../input.js';
import { type Hold, holdId, parseHoldId } from '../../points/holds/hold.js';
import { countHolds, listHolds } from '../../points/holds/list-holds.js';
import { REFERENCE } from '../../points/limits.js';
import { parseCapture, parseHold, parseRelease } from '../../points/parse-change.js';
import * as z from '../../zod.js';
import type { Resolvers } from '../generated.js';
import { applyChange } from './apply-change.js';
import { connection, listOf, type Order, pageRequest } from './connection.js';
import { asked, fieldOf, settled } from './points-field.js';
import { toHoldPayload, toPayload } from './points-payload.js';

const byNumber: Order<Hold, [number]> = {
  list: 'holdsOfUser',
  keyOf: (hold) => [hold.number],
  key: z.tuple([z.int32()]),
};

const byDate: Order<Hold, [string, number]> = {
  list: 'pointsHolds',
  keyOf: (hold) => [hold.userId, hold.number],
  key: z.tuple([z.uuid(), z.int32()]),
};

export const resolvers: Pick<Resolvers, 'Query' | 'Mutation' | 'PointsHold' | 'User'> = {
  Query: {
    pointsHold: async (_source, { id }, { services: { reads }, request: { principal } }) => {
      const ref = parseHoldId(id);
      const own = limitedTo(principal, 'points:read');
      if (ref === undefined || (own !== undefined && own !== ref.userId)) return null;
      return (await reads.holdByRef(ref)) ?? null;
    },
    pointsHolds: async (_source, { state, reference, ...args }, { services: { database } }) => {
      const filter = {
        state: state ?? undefined,
        reference: reference == null ? undefined : parseText('reference', reference, REFERENCE),
      };
      const order = listOf(byDate, filter);
      const request = pageRequest(order, args);
      return connection(order, request, await listHolds(database, request, filter), () => countHolds(database, filter));
    },
  },
  Mutation: {
    holdPoints: async (_source, { input }, context) =>
      await settled(fieldOf(context, 'Mutation.holdPoints'), async () =>
        toHoldPayload(await applyChange(context, parseHold(input, asked(context.request.principal)))),
      ),
    captureHold: async (_source, { input }, context) =>
      await settled(fieldOf(context, 'Mutation.captureHold'), async () =>
        toPayload({ applied: await applyChange(context, parseCapture(input, asked(context.request.principal))) }),
      ),
    releaseHold: async (_source, { input }, context) =>
      await settled(fieldOf(context, 'Mutation.releaseHold'), async () =>
        toHoldPayload(await applyChange(context, parseRelease(input, asked(context.request.principal)))),
      ),
  },
  PointsHold: {
    id: (hold) => holdId(hold),
    metadata: ({ metadata }) => [...(metadata ?? [])],
    user: async ({ userId }, _args, { services: { reads } }) => await reads.existingUser(userId),
    entry: async ({ userId, entrySequence }, _args, { services: { reads } }) =>
      entrySequence === null ? null : ((await reads.entryByRef({ userId, sequence: entrySequence })) ?? null),
    by: async ({ ownerId }, _args, { services: { reads } }) => await reads.existingUser(ownerId),
    token: async ({ tokenId }, _args, { services: { reads } }) =>
      tokenId === null ? null : ((await reads.tokenById(tokenId)) ?? null),
  },
  User: {
    pointsAvailable: async ({ id }, _args, { services: { reads } }) => await reads.availableOf(id),
    pointsHolds: async ({ id }, { state: given, ...args }, { services: { reads } }) => {
      const state = given ?? undefined;
      const order = listOf(byNumber, { user: id, state });
      const { first, after } = pageRequest(order, args);
      const page = await reads.holdsOf({ of: id, first, after, state });
      return connection(order, { first, after }, page, () => reads.holdCountOf({ of: id, state }));
    },
  },
};
