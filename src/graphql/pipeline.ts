import { GraphQLError, OperationTypeNode } from 'graphql';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { ErrorCode } from '../errors.js';
import { type Invalid, startApollo } from './apollo.js';
import {
  checkBasic,
  checkDocument,
  checkMethod,
  checkNetwork,
  checkPolicy,
  checkSignUp,
  checkSize,
  checkVariablesAndHeader,
  countChanges,
  type MutationFields,
  mutationFieldsOf,
  refuseExpired,
} from './checks.js';
import type { Context } from './context.js';
import { createExecuteOperation, type ExecuteOperation } from './execution/execute-operation.js';
import { findText } from './find-document.js';
import { formatErrors } from './format-error.js';
import type { Resolvers } from './generated.js';
import type { ValidOperation } from './known-documents.js';
import { createLimits } from './limits.js';
import type { OperationRun } from './operation-run.js';
import { type Executed, type Outcome, type Refused, refuse } from './outcome.js';
import type { ScripPolicy } from './policy.js';
import { isStackOverflow, NESTS_TOO_DEEP } from './stack-overflow.js';
import { openSubscription } from './subscription.js';
import type { DocumentReference, FindDocument } from './trusted-documents.js';

/** An operation as a client requests it. */
export interface OperationRequest {
  readonly document: DocumentReference;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown>;
}

/** Runs GraphQL operations, for every transport. */
export interface Pipeline {
  /** @throws what is unexpected. Refusals and the errors of fields are outcomes. */
  run(requested: OperationRequest, context: Context): Promise<Outcome>;
  stop(): Promise<void>;
}

export interface PipelineOptions {
  readonly policy: ScripPolicy;
  readonly findDocument: FindDocument;
  readonly limits: Config['limits'];
  /** Whether users may create accounts for themselves. */
  readonly signUp: boolean;
  readonly log: Logger;
}

/**
 * Starts the pipeline: network → document → parse → validate → limit → decide → execute | subscribe. Apollo Server parses, and
 * our plugin validates. No resolver runs before the operation has passed every check.
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { policy, limits, signUp, log } = options;
  const { schema } = policy;
  const apollo = await startApollo({ schema, maxTokens: limits.documentTokens, log });
  const excessOf = createLimits(schema, limits);
  const execute = createExecuteOperation(schema);

  async function run({ document, operationName, variables }: OperationRequest, context: Context): Promise<Outcome> {
    const { request } = context;
    const outside = checkNetwork(request);
    if (outside !== undefined) return outside;

    const query = findText(document, options);
    if (typeof query !== 'string') return query;

    const operation = operationName === undefined ? { query, variables } : { query, operationName, variables };
    const validated = apollo.run(operation, async (valid) => {
      const { operation: kind } = valid.operation;
      request.trace.operation = { kind, name: valid.operationName ?? undefined };

      const fields = mutationFieldsOf(valid, variables);
      // The statement that changes points checks an app token itself.
      const isCheckedByStatement = fields !== undefined && isChangeOfPoints(fields) && request.principal.kind === 'APP';
      if (!isCheckedByStatement) request.askCredential();
      const refused =
        // Limit,
        (await checkDocument(valid.document, context)) ??
        checkMethod(valid, request) ??
        checkBasic(valid, request) ??
        checkSize(excessOf({ ...valid, variables })) ??
        // decide,
        checkSignUp(signUp, fields) ??
        (await checkPolicy(policy, valid, { variables, context })) ??
        // and what only allowed callers are told of.
        checkVariablesAndHeader(schema, request, { valid, fields, variables });
      if (refused !== undefined) return refused;
      const isConfirmedLater = kind === OperationTypeNode.QUERY || isCheckedByStatement;
      if (!isConfirmedLater && !(await request.confirmCredential())) return NOT_CONFIRMED;
      const limited = countChanges(context, fields);
      if (limited !== undefined) return limited;
      if (!request.run.start(kind)) return ABANDONED;

      if (kind !== OperationTypeNode.SUBSCRIPTION)
        return await executeOperation(valid, { execute, variables, context, log });
      return { kind: 'SUBSCRIPTION', open: () => openSubscription(valid, { schema, variables, context, log }) };
    });
    const outcome = await validated.catch((error: unknown) => invalidIfTooDeep(error, request.run));
    return outcome.kind === 'INVALID' ? await refuseInvalid(outcome, context, log) : outcome;
  }
  return { run, stop: apollo.stop };
}

/** The credential is another principal by now: this is not sent, and the request is processed again. */
const NOT_CONFIRMED = refuse([]);

/** The fields that are one change of points. */
const CHANGES_OF_POINTS: ReadonlySet<string> = new Set<keyof NonNullable<Resolvers['Mutation']>>([
  'addPoints',
  'spendPoints',
  'reversePoints',
  'resolvePoints',
]);

function isChangeOfPoints(fields: NonNullable<MutationFields>): boolean {
  const [field, ...others] = fields.values();
  return field !== undefined && others.length === 0 && CHANGES_OF_POINTS.has(field.name.value);
}

/** The response to it was sent already. */
const ABANDONED = refuse({ code: 'UNAVAILABLE', message: 'The operation took too long. Retry shortly.' });

function invalidIfTooDeep(error: unknown, { isPending }: OperationRun): Invalid {
  if (!isPending || !isStackOverflow(error)) throw error;
  const extensions = { code: 'OPERATION_TOO_COMPLEX' satisfies ErrorCode };
  return { kind: 'INVALID', errors: [new GraphQLError(NESTS_TOO_DEEP, { extensions })], document: undefined };
}

/** Whether an invalid operation was meant to be public cannot be told, so that an expired credential refuses it. */
async function refuseInvalid({ errors, document }: Invalid, context: Context, log: Logger): Promise<Refused> {
  const { request } = context;
  if (request.instead?.kind === 'EXPIRED') return refuseExpired();
  const formatted = formatErrors(errors, { requestId: request.id, traceIds: request.trace.context?.ids, log });
  // What was too large to be read may be any document.
  const isTooLarge = formatted.some(({ extensions }) => extensions?.['code'] === 'OPERATION_TOO_COMPLEX');
  const foreign = document === undefined && isTooLarge ? undefined : await checkDocument(document, context);
  return foreign ?? { kind: 'REFUSED', errors: formatted, headers: {} };
}

interface ExecuteOptions {
  readonly execute: ExecuteOperation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: Context;
  readonly log: Logger;
}

async function executeOperation(
  valid: ValidOperation,
  { execute, variables, context, log }: ExecuteOptions,
): Promise<Executed | Refused> {
  const { data, errors } = await execute(valid, { variables, context });
  const isMutation = valid.operation.operation === OperationTypeNode.MUTATION;
  const { id: requestId, trace } = context.request;
  const formatted = errors && formatErrors(errors, { requestId, traceIds: trace.context?.ids, log, isMutation });
  // Where the variables do not fit their types nothing ran.
  if (data === undefined) return { kind: 'REFUSED', errors: formatted ?? [], headers: {} };
  const { dailyLimits: limits } = context.request;
  return {
    kind: 'RESPONSE',
    body: { ...(formatted && { errors: formatted }), data, ...(limits && { extensions: { limits } }) },
  };
}
