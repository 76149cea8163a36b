import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { withoutLogInInput } from './basic-log-in.js';
import { buildSchema } from './build-schema.js';
import { createPolicy, type ScripPolicy } from './policy.js';
import { type FindDocument, openDocuments } from './trusted-documents.js';

/** What decides which operations run. */
export interface OpenPolicy {
  readonly policy: ScripPolicy;
  readonly findDocument: FindDocument;
}

/**
 * Makes the policy of the schema that these settings give, and reads the trusted documents.
 *
 * @throws UnusableDocuments
 */
export async function openPolicy(
  { transports, limits, trustedDocuments }: Pick<Config, 'transports' | 'limits' | 'trustedDocuments'>,
  log: Logger,
): Promise<OpenPolicy> {
  const schema = transports.basicLogIn ? withoutLogInInput(buildSchema()) : buildSchema();
  const policy = createPolicy(schema, { limits, log });
  const options = { schema: policy.schema, maxTokens: limits.documentTokens };
  return { policy, findDocument: await openDocuments(trustedDocuments, options) };
}
