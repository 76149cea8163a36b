/**
 * What an operation has to pass before it may run. Each check returns the refusal, or undefined where it passes.
 */
import { type DocumentNode, type FieldNode, type GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { NETWORK_NOT_ALLOWED } from '../auth/allowed-networks.js';
import { wwwAuthenticate } from '../auth/challenge.js';
import { REJECTIONS } from '../auth/rejection.js';
import type { Decision } from '../policy/policy.js';
import { refusalOf } from '../throttles/errors.js';
import { isLogInWithoutInput } from './basic-log-in.js';
import { checkVariables } from './check-variables.js';
import type { Context, RequestContext } from './context.js';
import { refuseIdempotencyHeader } from './idempotency-key.js';
import type { ValidOperation } from './known-documents.js';
import { type Fault, type Refused, refuse } from './outcome.js';
import type { ScripPolicy } from './policy.js';
import { selectedRootFields } from './root-fields.js';
import { withoutValues } from './without-values.js';

type Variables = Readonly<Record<string, unknown>>;

/** The root fields of a mutation that run, by their keys in the response; undefined: the operation is no mutation. */
export type MutationFields = ReadonlyMap<string, FieldNode> | undefined;

export function mutationFieldsOf({ document, operation }: ValidOperation, variables: Variables): MutationFields {
  return operation.operation === OperationTypeNode.MUTATION
    ? selectedRootFields(document, operation, variables)
    : undefined;
}

/** An app token may be used from certain networks only, whatever the operation is. */
export function checkNetwork({ isFromAllowedNetwork }: RequestContext) {
  if (isFromAllowedNetwork) return undefined;
  return refuse(
    { code: 'FORBIDDEN', reason: 'NETWORK_NOT_ALLOWED', message: NETWORK_NOT_ALLOWED },
    { 'www-authenticate': wwwAuthenticate({ error: 'insufficient_scope' }) },
  );
}

/**
 * A token that was issued for certain operations runs these only. The whole text counts, not one operation. The token is not
 * told whether another text is valid, which would reveal the schema.
 *
 * @param document undefined: the text does not parse.
 */
export async function checkDocument(
  document: DocumentNode | undefined,
  { services, request: { principal } }: Context,
): Promise<Refused | undefined> {
  const restrictions = principal.kind === 'APP' ? principal.restrictions : null;
  if (restrictions === null || !restrictions.hasDocuments) return undefined;
  if (document && (await services.tokenDocuments.areAllowed(restrictions.rootId, document))) return undefined;
  return refuse(NOT_ALLOWED, { 'www-authenticate': wwwAuthenticate({ error: 'insufficient_scope' }) });
}

const NOT_ALLOWED = {
  code: 'FORBIDDEN',
  reason: 'OPERATION_NOT_ALLOWED',
  message:
    'This token was issued for certain operations, and this document holds another. Send one of them, or issue a token for it.',
} as const;

/** Subscriptions need a WebSocket, and GET must change nothing (RFC 9110, section 9.2.1). */
export function checkMethod({ operation: { operation } }: ValidOperation, { method }: RequestContext) {
  if (operation === OperationTypeNode.SUBSCRIPTION && method !== 'WEBSOCKET') {
    return refuse({ code: 'BAD_REQUEST', message: 'Subscriptions are served over WebSocket, on the same path.' });
  }
  if (operation === OperationTypeNode.MUTATION && method === 'GET') {
    const message = 'GET runs queries only. Send a mutation by POST.';
    return refuse({ code: 'METHOD_NOT_ALLOWED', message }, { allow: 'POST' });
  }
  return undefined;
}

/** HTTP Basic is accepted for `logIn` only. */
export function checkBasic({ operation }: ValidOperation, { instead }: RequestContext) {
  if (instead?.kind !== 'BASIC' || isLogInWithoutInput(operation)) return undefined;
  const message = 'HTTP Basic is accepted for `logIn` only: as the one field, without an input.';
  return refuse(
    { code: 'BAD_AUTHORIZATION', message },
    { 'www-authenticate': wwwAuthenticate({ error: 'invalid_request' }) },
  );
}

/** @param excess what is too large, in a sentence. */
export function checkSize(excess: string | undefined) {
  return excess === undefined ? undefined : refuse({ code: 'OPERATION_TOO_COMPLEX', message: excess });
}

/** @param isOn whether users may create accounts for themselves. */
export function checkSignUp(isOn: boolean, fields: MutationFields) {
  const isUsed = fields !== undefined && [...fields.values()].some(({ name }) => name.value === 'signUp');
  return isUsed && !isOn ? refuse(SIGN_UP_OFF) : undefined;
}

const SIGN_UP_OFF = {
  code: 'FORBIDDEN',
  reason: 'SIGN_UP_OFF',
  message: 'Sign-up is off on this server. Ask an administrator for an account.',
} as const;

/** Decides by the policy, before anything runs. */
export async function checkPolicy(
  policy: ScripPolicy,
  { document, operationName }: ValidOperation,
  { variables, context }: { readonly variables: Variables; readonly context: Context },
) {
  const decision = await policy.decide({ document, operationName, variables, context });
  // An expired token is told that it has expired, and not that none was sent.
  const { instead } = context.request;
  if (instead?.kind === 'EXPIRED' && !(decision.kind === 'ALLOWED' && isPublic(policy, document, operationName))) {
    return refuseExpired();
  }
  return decision.kind === 'ALLOWED' ? undefined : refuseDenied(decision, context.request);
}

/** Whether nothing that the operation selects needs a credential, whatever its result. */
function isPublic(policy: ScripPolicy, document: ValidOperation['document'], operationName: string | null): boolean {
  return policy.requiredScopes(document, operationName)?.fields.every((field) => field.public) ?? false;
}

export function refuseExpired(): Refused {
  const { fault: reason, message } = REJECTIONS.TOKEN_EXPIRED;
  return refuse(
    { code: 'UNAUTHENTICATED', reason, message },
    { 'www-authenticate': wwwAuthenticate({ error: 'invalid_token' }) },
  );
}

type Denied = Extract<Decision, { kind: 'DENIED' }>;

function refuseDenied({ denials, requiredScopes, anonymous }: Denied, { id: requestId }: RequestContext): Refused {
  // Where a check itself failed its result is unknown, and the other denials do not help.
  const failures = denials.flatMap((denial) => {
    if (denial.code === 'INTERNAL_SERVER_ERROR') return [{ ...denial, requestId }];
    return denial.code === 'UNAVAILABLE' ? [{ ...denial, requestId, retryAfterSeconds: 1 }] : [];
  });
  if (failures.length > 0) return refuse(failures);
  const challenge = wwwAuthenticate(
    anonymous ? { error: 'missing' } : { error: 'insufficient_scope', scopes: requiredScopes },
  );
  return refuse(denials, { 'www-authenticate': challenge });
}

/** The values of variables, and the header `Idempotency-Key`, which may have to equal one of them. */
export function checkVariablesAndHeader(
  schema: GraphQLSchema,
  { idempotencyHeader }: RequestContext,
  {
    valid: { operation },
    fields,
    variables,
  }: { readonly valid: ValidOperation; readonly fields: MutationFields; readonly variables: Variables },
) {
  const { values, errors } = checkVariables(schema, operation, variables);
  if (errors.length > 0) return refuseVariables(errors);
  if (idempotencyHeader === undefined || fields === undefined) return undefined;
  const fault = refuseIdempotencyHeader(schema, idempotencyHeader, { fields, variables: values });
  return fault === undefined ? undefined : refuse({ code: 'BAD_REQUEST', message: fault });
}

function refuseVariables(errors: readonly GraphQLError[]): Refused {
  return refuse(
    errors.map((error): Fault => {
      const { locations } = error.toJSON();
      return { code: 'BAD_USER_INPUT', message: withoutValues(error), ...(locations && { locations }) };
    }),
  );
}

/** Counts the root fields of a mutation against the caller's limits of this minute. */
export function countChanges({ services: { throttles }, request }: Context, fields: MutationFields) {
  if (fields === undefined) return undefined;
  const names = [...fields.values()].map(({ name }) => name.value);
  const count = throttles.countChanges(request.principal, request.network, names);
  request.run.noteCount(count);
  const limited = refusalOf(count);
  return limited && refuse({ ...limited.extensions, code: limited.code, message: limited.message });
}
