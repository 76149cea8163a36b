import { createUser } from '../../accounts/create-user.js';
import { deleteUser } from '../../accounts/delete-user.js';
import { linkExternalId } from '../../accounts/link-external-id.js';
import { unlinkExternalId } from '../../accounts/unlink-external-id.js';
import { updateUser } from '../../accounts/update-user.js';
import { limitedTo } from '../../auth/principal.js';
import { parseSearch } from '../../input.js';
import { parseExternalRef, parseExternalRefs } from '../../users/external-ref.js';
import { parsePassword } from '../../users/password.js';
import { countUsers, searchUsers } from '../../users/read-users.js';
import { parseNewUsername, parseUserRef, type User } from '../../users/user.js';
import * as z from '../../zod.js';
import type { Resolvers } from '../generated.js';
import { connection, listOf, type Order, pageRequest } from './connection.js';
import { ownerOf } from './owner-of.js';
import { createSelects } from './selected-fields.js';

const byName: Order<User, [string]> = {
  list: 'users',
  keyOf: (user) => [user.username.toLowerCase()],
  key: z.tuple([z.string().regex(/^[a-z0-9_.-]{1,64}$/)]),
};

const selectsPoints = createSelects('points');

export const resolvers: Pick<Resolvers, 'Query' | 'Mutation' | 'User'> = {
  Query: {
    user: async (_source, { by }, { services, request: { principal } }, info) => {
      const reads = selectsPoints(info) ? services.reads.withPoints : services.reads;
      const own = limitedTo(principal, 'users:read');
      return (await reads.userBy(own === undefined ? parseUserRef('by', by) : { id: own })) ?? null;
    },
    users: async (_source, { search, ...args }, { services: { database, reads } }) => {
      const filter = search == null ? {} : { search: parseSearch(search) };
      const order = listOf(byName, filter);
      const request = pageRequest(order, args);
      const page = await (filter.search === undefined
        ? reads.livingUsers(request)
        : searchUsers(database, request, filter.search));
      return connection(order, request, page, () => countUsers(database, filter));
    },
  },
  Mutation: {
    createUser: async (_source, { input }, { services, request }) => {
      const username = parseNewUsername('input.username', input.username);
      const password = input.password == null ? null : parsePassword('input.password', input.password, { username });
      const externalIds =
        input.externalIds == null ? undefined : parseExternalRefs('input.externalIds', input.externalIds);
      const user = { username, role: input.role ?? 'USER', password, externalIds };
      return { user: await createUser(services, user, request.actor) };
    },
    updateUser: async (_source, { input }, context) => {
      const changes = {
        username: input.username == null ? undefined : parseNewUsername('input.username', input.username),
        role: input.role ?? undefined,
      };
      const userId = await ownerOf(context, { field: 'input.user', user: input.user }, 'users:write');
      const { services, request } = context;
      const { database, throttles, usernameRestDays } = services;
      const { renames } = throttles;
      return { user: await updateUser({ database, renames, usernameRestDays }, userId, changes, request.actor) };
    },
    linkExternalId: async (_source, { input }, { services, request }) => {
      const field = 'input.external';
      const external = parseExternalRef(field, input.external);
      const userId = await services.reads.userId(parseUserRef('input.user', input.user));
      return { user: await linkExternalId(services.database, { userId, external, field }, request.actor) };
    },
    unlinkExternalId: async (_source, { input }, { services, request }) => {
      const external = parseExternalRef('input.external', input.external);
      return { user: await unlinkExternalId(services.database, external, request.actor) };
    },
    deleteUser: async (_source, { input }, context) => {
      const userId = await ownerOf(context, { field: 'input.user', user: input.user }, 'users:write');
      return { deletedUserId: await deleteUser(context.services.database, userId, context.request.actor) };
    },
  },
  User: {
    externalIds: async ({ id }, _args, { services: { reads } }) => [...(await reads.externalIdsOf(id))],
  },
};
