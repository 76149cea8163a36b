import { ApolloServer, type ApolloServerPlugin, type GraphQLResponse, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { KnownDocuments, type ValidOperation } from './known-documents.js';
import { bodyOf, type Outcome } from './outcome.js';
import { validateDocument } from './validate-document.js';

/** The text does not parse, the document is not valid, or it has no operation of that name. */
export interface Invalid {
  readonly kind: 'INVALID';
  readonly errors: readonly GraphQLError[];
  /** Undefined: the text does not parse. */
  readonly document: DocumentNode | undefined;
}

/** Apollo Server: it parses each document that is not known, and has it validated. */
export interface Apollo {
  /**
   * Validates an operation and continues with `onValid`, of whose outcome Apollo Server gets the response. A known one
   * is valid, and Apollo is not asked again.
   *
   * @throws what parsing or validating throws, such as a stack overflow, and what `onValid` throws.
   */
  run(
    operation: { readonly query: string; readonly operationName?: string; readonly variables: Record<string, unknown> },
    onValid: (valid: ValidOperation) => Promise<Outcome>,
  ): Promise<Outcome | Invalid>;
  stop(): Promise<void>;
}

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly maxTokens: number;
  readonly log: Logger;
}

export async function startApollo({ schema, maxTokens, log }: ApolloOptions): Promise<Apollo> {
  const server = new ApolloServer<Callbacks>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens },
    documentStore: null, // valid ones are kept here
    // The plugin validates: Apollo can add rules to graphql's, but leave out none, and one of them takes 100 ms.
    dangerouslyDisableValidation: true,
    // Errors are logged by the caller under the request's id, which Apollo's own lines lack.
    logger: log.child({}, { level: 'silent' }),
    plugins: [
      // Wraps every field to read cache hints, of which this schema has none.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      // Nothing is reported to third parties, whatever the environment says.
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      createPipelinePlugin((document) => validateDocument(schema, document, maxTokens)),
    ],
  });
  await server.start();
  const known = new KnownDocuments();
  return {
    run: async (operation, onValid) => {
      const { query, operationName } = operation;
      const valid = known.find(query, operationName);
      if (valid !== undefined) return await onValid(valid);
      const found: { outcome?: Outcome | Invalid } = {};
      const callbacks: Callbacks = {
        onValid: async (valid) => {
          known.keep(query, valid.document);
          const outcome = await onValid(valid);
          found.outcome = outcome;
          return responseOf(outcome);
        },
        onInvalid: (errors, document) => {
          found.outcome = { kind: 'INVALID', errors, document };
        },
      };
      await server.executeOperation(operation, { contextValue: callbacks });
      if (found.outcome === undefined) throw new Error('Apollo Server found an operation neither valid nor invalid.');
      return found.outcome;
    },
    stop: () => server.stop(),
  };
}

/** The context that Apollo Server is given: it calls one of these for each operation. */
interface Callbacks {
  readonly onValid: (valid: ValidOperation) => Promise<GraphQLResponse>;
  readonly onInvalid: (errors: Invalid['errors'], document: Invalid['document']) => void;
}

/**
 * Validates, and continues with the pipeline where Apollo Server would execute. Apollo looks for incremental delivery with
 * each operation, which is not supported here: a tenth of the time that a change of points takes.
 */
function createPipelinePlugin(
  validate: (document: DocumentNode) => readonly GraphQLError[],
): ApolloServerPlugin<Callbacks> {
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ errors, document, contextValue }) => contextValue.onInvalid(errors, document),
      responseForOperation: async ({ document, operation, operationName, contextValue }) => {
        const errors = validate(document);
        if (errors.length > 0) {
          contextValue.onInvalid(errors, document);
          return responseOf({ kind: 'REFUSED', errors: errors.map((error) => error.toJSON()), headers: {} });
        }
        // Despite its type it is undefined where the document has no such operation, which Apollo then reports.
        if ((operation as typeof operation | undefined) === undefined) return null;
        return await contextValue.onValid({ document, operation, operationName });
      },
    }),
    // Apollo would throw "Internal server error" instead.
    unexpectedErrorProcessingRequest: async ({ error }) => {
      throw error;
    },
  };
}

function responseOf(outcome: Outcome): GraphQLResponse {
  const { errors, data } = bodyOf(outcome);
  const singleResult = { ...(errors && { errors }), ...(data !== undefined && { data }) };
  return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
}
