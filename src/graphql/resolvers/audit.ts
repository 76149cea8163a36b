import { type AuditFilter, countAuditEvents, listAuditEvents } from '../../audit/read-audit.js';
import { parseUserRef } from '../../users/user.js';
import type { Resolvers } from '../generated.js';
import { byId, connection, listOf, pageRequest } from './connection.js';

const newestFirst = byId('auditLog');

export const resolvers: Pick<Resolvers, 'AuditEvent' | 'Query'> = {
  Query: {
    auditLog: async (_source, { action, user, ...args }, { services: { database, reads } }) => {
      const filter: AuditFilter = {
        action: action ?? undefined,
        userId: user == null ? undefined : await reads.userId(parseUserRef('user', user)),
      };
      const order = listOf(newestFirst, { action: filter.action, user: filter.userId });
      const request = pageRequest(order, args);
      const page = await listAuditEvents(database, request, filter);
      return connection(order, request, page, () => countAuditEvents(database, filter));
    },
  },
  AuditEvent: {
    actor: async ({ actorId }, _args, { services: { reads } }) => await found(actorId, reads.userById),
    actorToken: async ({ actorTokenId }, _args, { services: { reads } }) => await found(actorTokenId, reads.tokenById),
    token: async ({ tokenId, actorTokenId }, _args, { services: { reads } }) =>
      await found(tokenId ?? actorTokenId, reads.tokenById),
    subject: async ({ subjectId }, _args, { services: { reads } }) => await found(subjectId, reads.userById),
  },
};

async function found<Row>(id: string | null, read: (id: string) => Promise<Row | undefined>): Promise<Row | null> {
  return id === null ? null : ((await read(id)) ?? null);
}
