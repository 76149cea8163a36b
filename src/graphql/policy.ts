import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Principal } from '../auth/principal.js';
import { SCOPES, scopeLabel, scopeName } from '../auth/scope.js';
import { BadUserInput } from '../errors.js';
import { parseId } from '../input.js';
import { parseEntryId } from '../points/entry.js';
import {
  type Caller,
  compilePolicy,
  type Grant,
  type OwnerLookup,
  type Policy,
  type Shortfall,
} from '../policy/policy.js';
import { areWrittenBy } from '../posts/read-posts.js';
import { areSessionsOf } from '../sessions/read-sessions.js';
import { isNamedBy, parseUserRef, refKey, type UserRef } from '../users/user.js';
import type { Context } from './context.js';
import { translateError } from './format-error.js';
import type { UserBy } from './generated.js';

/** The policy of this schema: its directives, and the look-ups of owners. */
export type ScripPolicy = Policy<Context>;

export function createPolicy(schema: GraphQLSchema, log: Logger): ScripPolicy {
  return compilePolicy<Context>(schema, {
    caller: ({ request }) => callerOf(request.principal),
    recheck: ({ request }) => request.recheck(),
    scopeLabel,
    owners: {
      UserBy: isCaller,
      'Subscription.pointsChanged(user:)': isNamedCaller,
      'Query.pointsEntry(id:)': isEntryOfCaller,
      'User.id': async (ids, { request: { principal } }) =>
        ids.map((id) => principal.kind === 'USER' && principal.userId === id),
      'UpdatePostInput.id': isAuthor,
      'DeletePostInput.id': isAuthor,
      'RevokeSessionInput.id': isOwnSession,
    },
    grants: {
      'IssueTokenInput.scopes': (scope) => [String(scope)],
      'CreateUserInput.role': everythingForAdmin,
      'UpdateUserInput.role': everythingForAdmin,
    },
    onInternalError: (error, { coordinate, context: { request } }) =>
      log.error({ event: 'owner_lookup_failed', requestId: request.id, coordinate, err: error }, 'owner lookup failed'),
    isUnavailable: (error) => translateError(error).extensions['retryAfterSeconds'] !== undefined,
    advice,
  });
}

/** Where the server looks for a credential. */
const HOW_TO_SEND =
  'Send it in the header `Authorization: Bearer <token>`; over WebSocket in `connectionParams.authorization`, in `connectionParams.headers.authorization` or in that header of the upgrade request.';

function advice({ missing, caller, credential }: Shortfall): string {
  const howToSend = caller.kind === 'ANONYMOUS' ? [HOW_TO_SEND] : [];
  if (missing.length === 0) return howToSend.join(' ');
  if (credential === 'USER') return [...howToSend, 'Log in as an administrator.'].join(' ');
  const howToGet =
    caller.kind === 'USER' ? 'Log in as an administrator, or use an app token:' : 'An administrator can issue a token:';
  const command = `scrip token issue --scopes ${missing.map(scopeLabel).join(',')} --owner … --name …`;
  return [...howToSend, howToGet, command].join(' ');
}

/** An administrator holds every scope, so making one takes every scope. */
const everythingForAdmin: Grant = (role) => (role === 'ADMIN' ? SCOPES.map(scopeName) : []);

/** A user is named as in `UserBy`; without a name, the caller is meant. Only an id in another system takes a query. */
const isCaller: OwnerLookup<Context> = (values, { services, request: { principal, followed } }) => {
  const isOwn = values.map((value) => {
    if (principal.kind !== 'USER') return false;
    if (value === undefined) return true;
    const ref = tryParse(value as UserBy); // the schema gives the value its type
    if (ref === undefined) return false;
    const id = ref.id ?? followed.get(refKey(ref));
    if (id !== undefined || ref.external === undefined) return isNamedBy(id === undefined ? ref : { id }, principal);
    return services.reads.userId(ref).then((found) => found === principal.userId);
  });
  return isOwn.some((own) => own instanceof Promise) ? Promise.all(isOwn) : isOwn.map((own) => own === true);
};

/** What cannot be an id names no user; the field that runs says what is wrong with it. */
function tryParse(by: UserBy): UserRef | undefined {
  try {
    return parseUserRef('user', by);
  } catch (error) {
    if (error instanceof BadUserInput) return undefined;
    throw error;
  }
}

/** For fields that mean all users when none is named. */
const isNamedCaller: OwnerLookup<Context> = async (values, context) => {
  const isOwn = await isCaller(values, context);
  return values.map((value, index) => value !== undefined && isOwn[index] === true);
};

/** The id of an entry holds that of its user, so that nothing is looked up. */
const isEntryOfCaller: OwnerLookup<Context> = (ids, { request: { principal } }) =>
  ids.map((id) => principal.kind === 'USER' && parseEntryId(String(id))?.userId === principal.userId);

/** The owner look-up of rows by id. An app token owns none. */
function createIsOwn(areOwned: typeof areWrittenBy): OwnerLookup<Context> {
  return async (values, { services: { database }, request: { principal } }) => {
    if (principal.kind !== 'USER') return values.map(() => false);
    const ids = values.map((value) => parseId(String(value)));
    return await areOwned(database, ids, principal.userId);
  };
}

const isAuthor = createIsOwn(areWrittenBy);
const isOwnSession = createIsOwn(areSessionsOf);

function callerOf(principal: Principal): Caller {
  if (principal.kind === 'ANONYMOUS') return principal;
  const { scopes } = principal;
  return principal.kind === 'APP'
    ? { kind: 'APP', scopes, name: `the app token "${principal.tokenName}"` }
    : { kind: 'USER', userId: principal.userId, scopes, name: `the user ${principal.username}` };
}
