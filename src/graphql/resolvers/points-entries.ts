import { limitedTo } from '../../auth/principal.js';
import { counterpartRef, type Entry, entryId, madeAt, parseEntryId } from '../../points/entry.js';
import {
  type EntryFilter,
  parseEntryFilter,
  type RequestedFilter,
  refuseUnindexed,
} from '../../points/entry-filter.js';
import { parsePeriod } from '../../points/read-statement.js';
import { countEntries, listEntries } from '../../points/search-entries.js';
import * as z from '../../zod.js';
import type { Resolvers } from '../generated.js';
import type { Reads } from '../reads.js';
import { connection, listOf, type Order, pageRequest } from './connection.js';

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

export const resolvers: Pick<Resolvers, 'Query' | 'PointsEntry' | 'User'> = {
  Query: {
    pointsEntry: async (_source, { id }, { services: { reads }, request: { principal } }) => {
      const ref = parseEntryId(id);
      const own = limitedTo(principal, 'points:read');
      if (ref === undefined || (own !== undefined && own !== ref.userId)) return null;
      return (await reads.entryByRef(ref)) ?? null;
    },
    pointsEntries: async (_source, { filter: given, ...args }, { services: { database, reads } }) => {
      const requested = parseEntryFilter(given ?? {});
      refuseUnindexed(requested);
      const filter = await resolveUser(reads, requested);
      const order = listOf(byDate, selectionOf(filter));
      const request = pageRequest(order, args);
      const page = await listEntries(database, request, filter);
      return connection(order, request, page, async () =>
        isEmpty(filter) ? (await reads.pointsTotals()).entries : await countEntries(database, filter),
      );
    },
  },
  PointsEntry: {
    id: (entry) => entryId(entry),
    createdAt: (entry) => madeAt(entry),
    metadata: ({ metadata }) => [...(metadata ?? [])],
    user: async ({ userId }, _args, { services: { reads } }) => await reads.existingUser(userId),
    reverses: async ({ userId, reverses }, _args, { services: { reads } }) =>
      reverses === null ? null : ((await reads.entryByRef({ userId, sequence: reverses })) ?? null),
    reversedBy: async (entry, _args, { services: { reads } }) => (await reads.reversalOf(entry)) ?? null,
    by: async (entry, _args, { services: { reads } }) =>
      await reads.existingUser((await reads.originOf(entry)).ownerId),
    token: async (entry, _args, { services: { reads } }) => {
      const { tokenId } = await reads.originOf(entry);
      return tokenId === null ? null : ((await reads.tokenById(tokenId)) ?? null);
    },
    idempotencyKey: async (entry, _args, { services: { reads } }) => (await reads.originOf(entry)).idempotencyKey,
    hold: async ({ userId, hold }, _args, { services: { reads } }) =>
      hold === null ? null : ((await reads.holdByRef({ userId, number: hold })) ?? null),
    counterpart: async (entry, _args, { services: { reads } }) => {
      const ref = counterpartRef(entry);
      return ref === undefined ? null : ((await reads.entryByRef(ref)) ?? null);
    },
    counterpartUser: async ({ counterpartUserId }, _args, { services: { reads } }) =>
      counterpartUserId === null ? null : await reads.existingUser(counterpartUserId),
  },
  User: {
    pointsHistory: async ({ id }, { filter: given, ...args }, { services: { reads } }) => {
      const filter = await resolveUser(reads, parseEntryFilter(given ?? {}));
      const order = listOf(bySequence, { user: id, ...selectionOf(filter) });
      const { first, after } = pageRequest(order, args);
      if (!isEmpty(filter)) {
        const page = await reads.historySearch.page({ of: id, first, after, filter });
        return connection(order, { first, after }, page, () => reads.historySearch.count(id, filter));
      }
      const page = await reads.entriesOf({ of: id, first, after });
      // Sequences have no gap: the last one is the number of entries.
      return connection(order, { first, after }, page, async () => (await reads.balanceOf(id))?.sequence ?? 0);
    },
    pointsStatement: async ({ id }, period, { services: { reads } }) =>
      await reads.statementOf({ userId: id, ...parsePeriod(period) }),
  },
};

/** Looks up who made the entries. */
async function resolveUser(reads: Reads, { by, ...filter }: RequestedFilter): Promise<EntryFilter> {
  return { ...filter, ownerId: by === undefined ? undefined : await reads.userId(by) };
}

/** The part of a list's cursors that stands for its filter. */
function selectionOf({ kinds, since, until, tokenId, ownerId, reference }: EntryFilter) {
  return {
    kinds: kinds?.join(),
    since: since?.toISOString(),
    until: until?.toISOString(),
    token: tokenId,
    by: ownerId,
    reference,
  };
}

/** Whether a filter selects every entry. */
function isEmpty(filter: EntryFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}
