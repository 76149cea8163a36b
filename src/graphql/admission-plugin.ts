import { type ApolloServerPlugin, type GraphQLResponse, HeaderMap } from '@apollo/server';
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLError,
  type GraphQLFormattedError,
  OperationTypeNode,
} from 'graphql';
import { wwwAuthenticate } from '../auth/challenge.js';
import { REJECTIONS } from '../auth/rejection.js';
import type { ErrorCode } from '../errors.js';
import type { Decision } from '../policy/policy.js';
import { refusalOf } from '../throttles/errors.js';
import { isLogInWithoutInput } from './basic-log-in.js';
import { checkVariables } from './check-variables.js';
import type { Context } from './context.js';
import { refuseIdempotencyHeader } from './idempotency-header.js';
import type { Limits } from './limits.js';
import type { ScripPolicy } from './policy.js';
import { selectedRootFields } from './root-fields.js';
import { noteCount, type Trace } from './trace.js';
import { withoutValues } from './without-values.js';

export interface AdmissionOptions {
  readonly policy: ScripPolicy;
  readonly limits: Limits;
  /** Whether users may create themselves. */
  readonly signUp: boolean;
}

/**
 * Decides, before anything of an operation runs, whether it may: by the method that it came with, by its size, and by
 * the policy. A refusal is built, not thrown: it costs no stack trace.
 */
export function admissionPlugin({ policy, limits, signUp }: AdmissionOptions): ApolloServerPlugin<Context> {
  return {
    requestDidStart: async () => ({
      responseForOperation: async ({ document, operation, operationName, request, contextValue }) => {
        // Apollo comes here without an operation too, where the document has none of that name, and says so itself.
        if ((operation as typeof operation | undefined) === undefined) return null;
        const { trace } = contextValue;
        const variables = request.variables ?? {};
        trace.operation = { kind: operation.operation, name: operationName ?? undefined };

        const misplaced = refuseMethod(operation.operation, trace.method);
        if (misplaced !== undefined) return misplaced;
        if (contextValue.basic !== undefined && !isLogInWithoutInput(operation)) return refuseBasic();
        const excess = limits({ document, operation, variables });
        if (excess !== undefined) return refuse([{ code: 'OPERATION_TOO_COMPLEX', message: excess }]);
        const isMutation = operation.operation === OperationTypeNode.MUTATION;
        const fields = isMutation ? selectedRootFields(document, operation, variables) : NO_FIELDS;
        if (!signUp && [...fields.values()].some(({ name }) => name.value === 'signUp')) return refuse([SIGN_UP_OFF]);
        const decision = await policy.decide({ document, operationName, variables, context: contextValue });
        // The caller counts as anonymous here, yet sent a token: the answer is that it expired, not that none was sent.
        if (contextValue.hasExpired && !(decision.kind === 'ALLOWED' && isPublic(policy, document, operationName))) {
          return refuseExpired();
        }
        if (decision.kind === 'DENIED') return refuseDenied(decision, contextValue.requestId);
        const faults = checkVariables(policy.schema, operation, variables);
        if (faults.length > 0) return refuse(faults.map(describeFault));
        const header = contextValue.idempotencyHeader;
        const fault = header && refuseIdempotencyHeader(policy.schema, header, { operation, fields, variables });
        if (fault !== undefined) return refuse([{ code: 'BAD_REQUEST', message: fault }]);
        const excessive = isMutation ? countChanges(contextValue, fields.size) : undefined;
        if (excessive !== undefined) return refuse([excessive]);
        if (trace.state === 'ABANDONED') return refuse([ABANDONED]); // it was answered: nothing ran, and nothing may
        trace.isRunning = true;
        if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return null;
        trace.subscription = { document, operationName, variables };
        return ADMITTED;
      },
    }),
  };
}

const ABANDONED = { code: 'UNAVAILABLE', message: 'The operation took too long. Retry shortly.' } as const;
const NO_FIELDS: ReadonlyMap<string, FieldNode> = new Map();

const SIGN_UP_OFF = {
  code: 'FORBIDDEN',
  reason: 'SIGN_UP_OFF',
  message: 'Sign-up is off on this server. Ask an administrator for an account.',
} as const;

/** Apollo answers once. What a subscription answers comes from its source, and goes past Apollo. */
const ADMITTED: GraphQLResponse = {
  http: { headers: new HeaderMap() },
  body: { kind: 'single', singleResult: {} },
};

function refuseMethod(kind: OperationTypeNode, method: Trace['method']): GraphQLResponse | undefined {
  if (kind === OperationTypeNode.SUBSCRIPTION && method !== 'WEBSOCKET') {
    return refuse([{ code: 'BAD_REQUEST', message: 'Subscriptions are served over WebSocket, on the same path.' }]);
  }
  if (kind === OperationTypeNode.MUTATION && method === 'GET') {
    return refuse([{ code: 'METHOD_NOT_ALLOWED', message: 'GET runs queries only; send a mutation by POST.' }], {
      allow: 'POST',
    });
  }
  return undefined;
}

/** Counts the root fields of a mutation. A refusal: there were too many in this minute. */
function countChanges({ throttles, principal, actor, trace }: Context, fields: number): Fault | undefined {
  const count = throttles.countChanges(principal, actor.address, fields);
  noteCount(trace, count);
  const refusal = refusalOf(count);
  return refusal && { ...refusal.extensions, code: refusal.code, message: refusal.message };
}

/** Whether nothing that the operation selects needs a credential, whatever its result turns out to be. */
function isPublic(policy: ScripPolicy, document: DocumentNode, operationName: string | null): boolean {
  return policy.requiredScopes(document, operationName)?.fields.every((field) => field.public) ?? false;
}

function refuseExpired(): GraphQLResponse {
  const { fault: reason, message } = REJECTIONS.TOKEN_EXPIRED;
  return refuse([{ code: 'UNAUTHENTICATED', reason, message }], {
    'www-authenticate': wwwAuthenticate({ error: 'invalid_token' }),
  });
}

function refuseBasic(): GraphQLResponse {
  const message = 'HTTP Basic is for `logIn`: alone, and without an input.';
  return refuse([{ code: 'BAD_AUTHORIZATION', message }], {
    'www-authenticate': wwwAuthenticate({ error: 'invalid_request' }),
  });
}

function refuseDenied({ denials, requiredScopes, anonymous }: Denied, requestId: string): GraphQLResponse {
  // Where a check itself failed, nobody knows what the answer would have been: nothing else is worth saying.
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

function describeFault(fault: GraphQLError): Fault {
  const { locations } = fault.toJSON();
  return { code: 'BAD_USER_INPUT', message: withoutValues(fault), ...(locations && { locations }) };
}

type Denied = Extract<Decision, { kind: 'DENIED' }>;

type Fault = Pick<GraphQLFormattedError, 'message' | 'locations'> & {
  readonly code: ErrorCode;
  readonly reason?: string;
};

/** An answer that says only what is wrong. Its status follows from the code, and is given by whoever sends it. */
function refuse(faults: readonly Fault[], headers: Readonly<Record<string, string>> = {}): GraphQLResponse {
  const errors = faults.map(({ message, locations, ...extensions }) => ({
    message,
    ...(locations && { locations }),
    extensions,
  }));
  return {
    http: { headers: new HeaderMap(Object.entries(headers)) },
    body: { kind: 'single', singleResult: { errors } },
  };
}
