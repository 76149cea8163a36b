import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Principal } from '../auth/principal.js';
import { SCOPES, scopeLabel, scopeName } from '../auth/scope.js';
import type { Config } from '../config.js';
import { BadUserInput } from '../errors.js';
import { parseId } from '../input.js';
import { parseEntryId } from '../points/entry.js';
import { parseHoldId } from '../points/holds/hold.js';
import {
  type Caller,
  compilePolicy,
  type Delegation,
  type DerivedGrant,
  type Grant,
  type OwnerLookup,
  type Policy,
  type Shortfall,
} from '../policy/policy.js';
import { areWrittenBy } from '../posts/read-posts.js';
import { areSessionsOf } from '../sessions/read-sessions.js';
import { isNamedBy, parseUserRef, refKey, type UserRef } from '../users/user.js';
import { SCOPE_OF_EVENT, type WebhookEvent } from '../webhooks/event.js';
import type { Context } from './context.js';
import { createDescribeDocument, type DescribeDocument } from './describe-document.js';
import { translateError } from './format-error.js';
import type { MutationRotateTokenArgs, UserBy } from './generated.js';
import { createReadDocuments, type ReadDocuments } from './read-documents.js';
import { anyDocument } from './trusted-documents.js';

/** The policy of this schema: its directives, and the look-ups of owners. */
export interface ScripPolicy extends Policy<Context> {
  readonly describeDocument: DescribeDocument;
}

interface CreatePolicyOptions {
  /** Those of a document. */
  readonly limits: Config['limits'];
  readonly log: Logger;
}

export function createPolicy(schema: GraphQLSchema, { limits, log }: CreatePolicyOptions): ScripPolicy {
  // A token's documents are described by the policy that they ask for scopes.
  const describeDocument: DescribeDocument = (text) => describe(text);
  const policy = compilePolicy<Context>(schema, {
    caller: ({ request }) => callerOf(request.principal),
    recheck: ({ request }) => request.recheck(),
    scopeLabel,
    owners: {
      UserBy: isCaller,
      'Subscription.pointsChanged(user:)': isNamedCaller,
      'Query.pointsEntry(id:)': isEntryOfCaller,
      'Query.pointsHold(id:)': isHoldOfCaller,
      'User.id': async (ids, { request: { principal } }) =>
        ids.map((id) => principal.kind === 'USER' && principal.userId === id),
      'UpdatePostInput.id': isAuthor,
      'DeletePostInput.id': isAuthor,
      'RevokeSessionInput.id': isOwnSession,
    },
    grants: {
      'IssueTokenInput.scopes': (scope) => [String(scope)],
      'CreateWebhookInput.events': scopeOfEvent,
      'UpdateWebhookInput.events': scopeOfEvent,
      'CreateUserInput.role': everythingForAdmin,
      'UpdateUserInput.role': everythingForAdmin,
    },
    derivedGrants: {
      'IssueTokenInput.documents': createGrantOfDocuments(
        createReadDocuments({ describeDocument, findDocument: anyDocument }),
      ),
    },
    delegations: DELEGATIONS,
    onInternalError: (error, { coordinate, context: { request } }) =>
      log.error({ event: 'owner_lookup_failed', requestId: request.id, coordinate, err: error }, 'owner lookup failed'),
    isUnavailable: (error) => translateError(error).extensions['retryAfterSeconds'] !== undefined,
    advice,
  });
  const describe = createDescribeDocument({ schema: policy.schema, requiredScopes: policy.requiredScopes, limits });
  return { ...policy, describeDocument };
}

/** Where the server looks for a credential. */
const HOW_TO_SEND =
  'Send it in the header `Authorization: Bearer <token>`; over WebSocket in `connectionParams.authorization`, in `connectionParams.headers.authorization` or in that header of the upgrade request.';

/** How a caller gets what a token with limits, networks or documents is denied, whatever its scopes. */
const HOW_TO_DELEGATE = 'Use a token without limits, networks and documents, or log in as an administrator.';

function advice({ missing, caller, credential }: Shortfall): string {
  const howToSend = caller.kind === 'ANONYMOUS' ? [HOW_TO_SEND] : [];
  if (missing.length === 0) return caller.kind === 'APP' ? HOW_TO_DELEGATE : howToSend.join(' ');
  if (credential === 'USER') return [...howToSend, 'Log in as an administrator.'].join(' ');
  const howToGet =
    caller.kind === 'USER' ? 'Log in as an administrator, or use an app token:' : 'An administrator can issue a token:';
  const command = `scrip token issue --scopes ${missing.map(scopeLabel).join(',')} --owner … --name …`;
  return [...howToSend, howToGet, command].join(' ');
}

/** An administrator holds every scope, so making one takes every scope. */
const everythingForAdmin: Grant = (role) => (role === 'ADMIN' ? SCOPES.map(scopeName) : []);

/** A webhook shows what its events tell, so that each takes the scope to read that. */
const scopeOfEvent: Grant = (event) => [scopeName(SCOPE_OF_EVENT[event as WebhookEvent])]; // the schema gives it its type

/** The scopes that follow from documents, where none are named. What is wrong with the documents, the resolver says. */
function createGrantOfDocuments(readDocuments: ReadDocuments): DerivedGrant {
  return (input, holds) => {
    const { documents } = input;
    const texts = Array.isArray(documents) ? documents : [documents];
    const isLeftOut = !Object.hasOwn(input, 'scopes') || input['scopes'] === null;
    if (!isLeftOut || !texts.every((text) => typeof text === 'string')) return [];
    try {
      return readDocuments(texts, '').scopesFor(holds);
    } catch (error) {
      if (error instanceof BadUserInput) return [];
      throw error;
    }
  };
}

/** What gives access to others, and so is denied to a token with limits, networks or documents. Its own rotation does not. */
const DELEGATIONS: Readonly<Record<string, Delegation<Context>>> = {
  'Mutation.issueToken': () => true,
  'Mutation.updateToken': () => true,
  'Mutation.resumeToken': () => true,
  'Mutation.rotateToken': (given, { request: { principal } }) => {
    // The schema gives the arguments their type.
    const { input } = (given ?? {}) as Partial<MutationRotateTokenArgs>;
    return input !== undefined && !(principal.kind === 'APP' && parseId(String(input.id)) === principal.tokenId);
  },
  'Mutation.setPassword': () => true,
  'Mutation.createWebhook': () => true,
  'Mutation.updateWebhook': () => true,
  'Mutation.rotateWebhookKey': () => true,
  'Mutation.pauseWebhook': () => true,
  'Mutation.resumeWebhook': () => true,
  'Mutation.testWebhook': () => true,
  'Mutation.redeliverWebhook': () => true,
  'Mutation.deleteWebhook': () => true,
  'CreateUserInput.password': (password) => password !== null && password !== undefined,
  'CreateUserInput.role': isOtherThanUser,
  'UpdateUserInput.role': isOtherThanUser,
};

function isOtherThanUser(role: unknown): boolean {
  return role !== null && role !== undefined && role !== 'USER';
}

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

/** The same of a hold. */
const isHoldOfCaller: OwnerLookup<Context> = (ids, { request: { principal } }) =>
  ids.map((id) => principal.kind === 'USER' && parseHoldId(String(id))?.userId === principal.userId);

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
    ? {
        kind: 'APP',
        scopes,
        name: `the app token "${principal.tokenName}"`,
        mayDelegate: principal.restrictions === null,
      }
    : { kind: 'USER', userId: principal.userId, scopes, name: `the user ${principal.username}` };
}
