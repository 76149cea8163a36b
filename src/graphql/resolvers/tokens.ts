import { authenticated, type Principal } from '../../auth/principal.js';
import { type Scope, scopeName, scopeNamed } from '../../auth/scope.js';
import { BadUserInput } from '../../errors.js';
import { parseId, parseSearch, parseText } from '../../input.js';
import { TokenNotFound } from '../../tokens/errors.js';
import { issueToken } from '../../tokens/issue-token.js';
import { parseLimits, parseNetworks } from '../../tokens/parse-restrictions.js';
import { pauseToken } from '../../tokens/pause-token.js';
import { countTokens, listTokens, type TokenFilter } from '../../tokens/read-tokens.js';
import { resumeToken } from '../../tokens/resume-token.js';
import { revokeToken, revokeTokenBySecret } from '../../tokens/revoke-token.js';
import { rotateToken } from '../../tokens/rotate-token.js';
import { limitsIfAny, tokenState } from '../../tokens/token.js';
import { updateToken } from '../../tokens/update-token.js';
import { parseUserRef } from '../../users/user.js';
import type { Context } from '../context.js';
import type { Resolvers, UserTokensArgs } from '../generated.js';
import type { IssuableDocuments } from '../read-documents.js';
import { byId, connection, listOf, pageRequest } from './connection.js';

/** A week. */
const MAX_OVERLAP_SECONDS = 604_800;

const newestFirst = byId('tokens');

export const resolvers: Pick<Resolvers, 'Query' | 'Mutation' | 'Token' | 'User'> = {
  Query: {
    token: async (_source, { id }, { services: { reads } }) => (await reads.tokenById(parseId(id))) ?? null,
    tokens: async (_source, { owner, state, search, ...args }, { services: { database, reads } }) => {
      const filter: TokenFilter = {
        ownerId: owner == null ? undefined : await reads.userId(parseUserRef('owner', owner)),
        state: state ?? undefined,
        search: search == null ? undefined : parseSearch(search),
      };
      const order = listOf(newestFirst, { owner: filter.ownerId, state: filter.state, search: filter.search });
      const request = pageRequest(order, args);
      return connection(order, request, await listTokens(database, request, filter), () =>
        countTokens(database, filter),
      );
    },
  },
  Mutation: {
    issueToken: async (_source, { input }, { services, request }) => {
      const documents =
        input.documents == null ? undefined : services.readDocuments(input.documents, 'input.documents');
      const token = {
        name: parseName(input.name),
        scopes: scopesOf(input.scopes, { documents, principal: request.principal }),
        ownerId:
          input.owner == null
            ? authenticated(request.principal).userId
            : await services.reads.userId(parseUserRef('input.owner', input.owner)),
        format: input.format ?? 'OPAQUE',
        expiresAt: input.expiresAt ?? null,
        limits: input.limits == null ? null : parseLimits(input.limits),
        networks: input.networks == null ? null : parseNetworks(input.networks),
        documents: documents?.texts ?? [],
      };
      return await issueToken(services, token, request.actor);
    },
    revokeToken: async (_source, { input }, { services, request: { actor } }) => {
      if (input.secret != null)
        return { token: (await revokeTokenBySecret(services, input.secret, actor, 'Mutation.revokeToken')) ?? null };
      const ref = { id: parseId(input.id ?? '') };
      const token = await revokeToken(services.database, ref, actor, 'Mutation.revokeToken');
      if (token === undefined) throw new TokenNotFound();
      return { token };
    },
    revokeCurrentToken: async (_source, _args, { services: { database }, request: { actor, principal } }) => {
      if (principal.kind !== 'APP') throw new Error('The policy allowed a caller without an app token.');
      const token = await revokeToken(database, { id: principal.tokenId }, actor, 'Mutation.revokeCurrentToken');
      return { token: token ?? null };
    },
    rotateToken: async (_source, { input }, { services, request }) => {
      const rotation = { id: parseId(input.id), overlapSeconds: overlap(input.overlapSeconds ?? 0) };
      return await rotateToken(services, rotation, request.actor);
    },
    updateToken: async (_source, { input }, { services: { database }, request: { actor } }) => {
      const changes = {
        name: input.name == null ? undefined : parseName(input.name),
        expiresAt: input.expiresAt,
        limits: input.limits && parseLimits(input.limits),
        networks: input.networks && parseNetworks(input.networks),
      };
      return { token: await updateToken(database, parseId(input.id), changes, actor) };
    },
    pauseToken: async (_source, { input: { id } }, { services: { database }, request: { actor } }) => ({
      token: await pauseToken(database, parseId(id), actor),
    }),
    resumeToken: async (_source, { input: { id } }, { services: { database }, request: { actor } }) => ({
      token: await resumeToken(database, parseId(id), actor),
    }),
    reportLeakedToken: async (_source, { input }, { services, request }) => {
      const actor = { ...request.actor, origin: 'reported as leaked' };
      await revokeTokenBySecret(services, input.secret, actor, 'Mutation.reportLeakedToken');
      return { received: true };
    },
  },
  Token: {
    scopes: ({ scopes }) => scopes,
    state: tokenState,
    limits: limitsIfAny,
    networks: ({ networks }) => [...networks],
    today: async (token, _args, { services: { reads } }) => await reads.usedToday(token),
    documents: async ({ hasDocuments, rootId }, _args, { services: { tokenDocuments } }) =>
      hasDocuments ? [...(await tokenDocuments.of(rootId))] : [],
    owner: async ({ ownerId }, _args, { services: { reads } }) => await reads.existingUser(ownerId),
    issuedBy: async ({ issuedById }, _args, { services: { reads } }) =>
      issuedById === null ? null : await reads.existingUser(issuedById),
  },
  User: {
    tokens: async ({ id }, args, context) => await tokensOf(context, id, args),
  },
};

async function tokensOf({ services: { reads } }: Context, ownerId: string, args: UserTokensArgs) {
  const order = listOf(newestFirst, { owner: ownerId });
  const request = pageRequest(order, args);
  const page = await reads.tokensOf({ ...request, of: ownerId });
  return connection(order, request, page, () => reads.tokenCountOf(ownerId));
}

function parseName(name: string): string {
  return parseText('input.name', name, { min: 1, max: 100 });
}

function overlap(seconds: number): number {
  if (seconds >= 0 && seconds <= MAX_OVERLAP_SECONDS) return seconds;
  throw new BadUserInput('input.overlapSeconds', `The overlap must be 0 to ${MAX_OVERLAP_SECONDS} seconds.`);
}

interface ScopeSources {
  readonly documents: IssuableDocuments | undefined;
  readonly principal: Principal;
}

/** The scopes that are named, or else those that follow from the documents. The policy has found that the caller holds them. */
function scopesOf(
  named: readonly Scope[] | null | undefined,
  { documents, principal }: ScopeSources,
): readonly Scope[] {
  if (named != null || documents === undefined) {
    if (named == null || named.length === 0) throw new BadUserInput('input.scopes', 'Name at least one scope.');
    return named;
  }
  const held = authenticated(principal).scopes.map(scopeName);
  const scopes = documents.scopesFor((scope) => held.includes(scope)).map(scopeNamed);
  if (scopes.length > 0) return scopes;
  throw new BadUserInput('input.documents', 'These documents require no scope. Name at least one in `scopes`.');
}
