import { authenticated } from '../auth/principal.js';
import type { Scope } from '../auth/scope.js';
import { BadUserInput } from '../errors.js';
import { byId, connection, pageRequest } from '../graphql/connection.js';
import type { Context } from '../graphql/context.js';
import type { Resolvers, UserTokensArgs } from '../graphql/generated.js';
import { parseId, parseText } from '../input.js';
import { parseUserRef } from '../users/user.js';
import { TokenNotFound } from './errors.js';
import { issueToken } from './issue-token.js';
import { countTokens, listTokens, type TokenFilter } from './read-tokens.js';
import { revokeToken } from './revoke-token.js';
import { tokenState } from './token.js';

export const resolvers: Pick<Resolvers, 'Query' | 'Mutation' | 'Token' | 'User'> = {
  Query: {
    token: async (_source, { id }, { reads }) => (await reads.tokenById(parseId(id))) ?? null,
    tokens: async (_source, { owner, state, ...args }, { database, reads }) => {
      const request = pageRequest(byId, args);
      const filter: TokenFilter = {
        ownerId: owner == null ? undefined : await reads.userId(parseUserRef(owner)),
        state: state ?? undefined,
      };
      return connection(byId, request, await listTokens(database, request, filter), () => countTokens(database, filter));
    },
  },
  Mutation: {
    issueToken: async (_source, { input }, { database, principal }) => {
      const issuedById = authenticated(principal).userId;
      return await issueToken(database, {
        name: parseText('input.name', input.name, { least: 1, most: 100 }),
        scopes: atLeastOne(input.scopes),
        owner: input.owner == null ? { id: issuedById } : parseUserRef(input.owner),
        expiresAt: input.expiresAt ?? null,
        issuedById,
      });
    },
    revokeToken: async (_source, { input }, { database }) => {
      if (input.secret != null) return { token: (await revokeToken(database, { secret: input.secret })) ?? null };
      const token = await revokeToken(database, { id: parseId(input.id ?? '') });
      if (token === undefined) throw new TokenNotFound();
      return { token };
    },
    revokeCurrentToken: async (_source, _args, { database, principal }) => {
      if (principal.kind !== 'APP') throw new Error('The policy let somebody without an app token through.');
      return { token: (await revokeToken(database, { id: principal.tokenId })) ?? null };
    },
  },
  Token: {
    scopes: ({ scopes }) => scopes,
    state: tokenState,
    owner: async ({ ownerId }, _args, { reads }) => await reads.existingUser(ownerId),
    issuedBy: async ({ issuedById }, _args, { reads }) =>
      issuedById === null ? null : await reads.existingUser(issuedById),
  },
  User: {
    tokens: async ({ id }, args, context) => await tokensOf(context, id, args),
  },
};

async function tokensOf({ reads }: Context, ownerId: string, args: UserTokensArgs) {
  const request = pageRequest(byId, args);
  const page = await reads.tokensOf({ ...request, of: ownerId });
  return connection(byId, request, page, () => reads.tokenCountOf(ownerId));
}

function atLeastOne(scopes: readonly Scope[]): readonly Scope[] {
  if (scopes.length === 0) throw new BadUserInput('input.scopes', 'Name at least one scope.');
  return scopes;
}
