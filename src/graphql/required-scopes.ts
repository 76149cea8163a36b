import { type DocumentNode, parse, validate } from 'graphql';
import { scopeNamed } from '../auth/scope.js';
import type { Config } from '../config.js';
import { BadUserInput } from '../errors.js';
import { excessOfText } from './document-text.js';
import { isStackOverflow, NESTS_TOO_DEEP } from './execute-operation.js';
import type { RequiredScopes } from './generated.js';
import type { ScripPolicy } from './policy.js';
import type { FindDocument } from './trusted-documents.js';

/**
 * What an operation of a document requires, before it is sent. Where only trusted documents run, it answers for those
 * alone, and says nothing of any other: what is valid, or nearly so, would tell the schema.
 *
 * @throws BadUserInput for a document that is not valid against the schema, not trusted or too large, and for an operation
 *   that is not in it.
 */
export type ReadRequiredScopes = (document: string, operationName: string | undefined) => RequiredScopes;

export interface RequiredScopesOptions {
  readonly policy: ScripPolicy;
  readonly findDocument: FindDocument;
  readonly limits: Pick<Config['limits'], 'documentBytes' | 'documentTokens'>;
}

export function createReadRequiredScopes({ policy, findDocument, limits }: RequiredScopesOptions): ReadRequiredScopes {
  return (text, operationName) => {
    const excess = excessOfText(text, limits);
    if (excess !== undefined) throw new BadUserInput('document', excess);
    const trusted = findDocument({ query: text });
    if (typeof trusted !== 'string') {
      throw new BadUserInput(
        'document',
        'This server runs listed operations only, and the document holds another one.',
      );
    }
    const required = policy.requiredScopes(parseDocument(trusted, policy, limits.documentTokens), operationName);
    if (required === undefined) {
      throw new BadUserInput(
        'operationName',
        'Name an operation of the document; it may be left out where there is one.',
      );
    }
    return {
      scopes: required.scopes.map(scopeNamed),
      fields: required.fields.map((field) => ({ ...field, scopes: field.scopes.map(scopeNamed) })),
    };
  };
}

function parseDocument(text: string, { schema }: ScripPolicy, maxTokens: number): DocumentNode {
  try {
    const document = parse(text, { maxTokens });
    const [fault] = validate(schema, document);
    if (fault !== undefined) throw fault;
    return document;
  } catch (fault) {
    if (isStackOverflow(fault)) throw new BadUserInput('document', NESTS_TOO_DEEP);
    throw new BadUserInput('document', fault instanceof Error ? fault.message : 'The document is not GraphQL.');
  }
}
