import { type DocumentNode, parse, validate } from 'graphql';
import { type Scope, scopeNamed } from '../auth/scope.js';
import type { Config } from '../config.js';
import { BadUserInput } from '../errors.js';
import type { AuthorizedContext, Policy } from '../policy/policy.js';
import { excessOfText } from './document-text.js';
import { isStackOverflow, NESTS_TOO_DEEP } from './stack-overflow.js';
import type { FindDocument } from './trusted-documents.js';

/** What an operation requires. */
interface RequiredScopes {
  readonly scopes: Scope[];
  readonly fields: {
    readonly coordinate: string;
    readonly scopes: Scope[];
    readonly ownerAllowed: boolean;
    readonly public: boolean;
    readonly kind?: 'APP' | 'USER';
  }[];
}

/**
 * Finds what an operation of a document requires, before it is sent. Where only trusted documents run, others are refused
 * without a word on whether they are valid, which would reveal the schema.
 *
 * @throws BadUserInput for a document that is not valid against the schema, not trusted or too large, and for an operation
 *   that is not in it.
 */
export type ReadRequiredScopes = (document: string, operationName: string | undefined) => RequiredScopes;

/** The part of a policy that needs no context. */
type Compiled = Pick<Policy<AuthorizedContext>, 'schema' | 'requiredScopes'>;

export interface RequiredScopesOptions {
  readonly policy: Compiled;
  readonly findDocument: FindDocument;
  readonly limits: Pick<Config['limits'], 'documentBytes' | 'documentTokens'>;
}

export function createReadRequiredScopes({ policy, findDocument, limits }: RequiredScopesOptions): ReadRequiredScopes {
  return (text, operationName) => {
    const excess = excessOfText(text, limits);
    if (excess !== undefined) throw new BadUserInput('document', excess);
    const trusted = findDocument({ query: text });
    if (typeof trusted !== 'string') {
      throw new BadUserInput('document', 'This server runs listed documents only, and this one is not listed.');
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

function parseDocument(text: string, { schema }: Compiled, maxTokens: number): DocumentNode {
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
