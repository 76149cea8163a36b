import { type DocumentNode, parse, validate } from 'graphql';
import { scopeNamed } from '../auth/scope.js';
import { BadUserInput } from '../errors.js';
import type { RequiredScopes } from './generated.js';
import type { ScripPolicy } from './policy.js';

/**
 * What an operation of a document requires, before anybody sends it.
 *
 * @throws BadUserInput for a document that is not valid against the schema or too large, and for an operation that is not
 *   in it.
 */
export type ReadRequiredScopes = (document: string, operationName: string | undefined) => RequiredScopes;

export function createReadRequiredScopes(policy: ScripPolicy, maxTokens: number): ReadRequiredScopes {
  return (text, operationName) => {
    const required = policy.requiredScopes(parseDocument(text, policy, maxTokens), operationName);
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
    throw new BadUserInput('document', fault instanceof Error ? fault.message : 'The document is not GraphQL.');
  }
}
