import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { admissionPlugin } from './admission-plugin.js';
import type { Context } from './context.js';
import { isStackOverflow } from './execute-operation.js';
import { executionPlugin } from './execution-plugin.js';
import { formatErrors } from './format-error.js';
import { createLimits } from './limits.js';
import type { ScripPolicy } from './policy.js';

export interface ApolloOptions {
  readonly policy: ScripPolicy;
  readonly limits: Config['limits'];
  /** Whether users may create themselves. */
  readonly signUp: boolean;
  readonly log: Logger;
}

/** The GraphQL server: Apollo's, with what a request has to pass before anything of it runs. HTTP is not its business. */
export function createApollo({ policy, limits, signUp, log }: ApolloOptions): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema: policy.schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: limits.documentTokens },
    // What goes wrong is logged below, under the request's id, which Apollo's own lines lack.
    logger: log.child({}, { level: 'silent' }),
    plugins: [
      // Wraps every field for hints that nobody here gives, at more than the price of the execution itself.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      // Nothing is told to anybody outside, whatever the environment holds.
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      admissionPlugin({ policy, limits: createLimits(policy.schema, limits), signUp }),
      executionPlugin(policy.schema, log),
      errorPlugin(log),
    ],
  });
}

/** Writes the errors of what could not run; what broke Apollo itself has no answer, and is only logged. */
function errorPlugin(log: Logger): ApolloServerPlugin<Context> {
  return {
    unexpectedErrorProcessingRequest: async ({ error, requestContext: { contextValue } }) => {
      const { trace } = contextValue;
      trace.hasOverflowed = isStackOverflow(error) && !trace.isRunning;
      if (trace.hasOverflowed) return; // the client's document is at fault, and Apollo hides from its caller what was thrown
      log.error({ requestId: contextValue.requestId, err: error }, 'a request could not be processed');
    },
    requestDidStart: async () => ({
      willSendResponse: async ({ errors, response: { body }, contextValue: { requestId } }) => {
        if (errors === undefined || body.kind !== 'single') return;
        body.singleResult.errors = formatErrors(errors, { requestId, log });
      },
    }),
  };
}
