import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { type Scope, scopeNamed } from '../auth/scope.js';
import type { Config } from '../config.js';
import { BadUserInput } from '../errors.js';
import type { AuthorizedContext, Policy, RequiredScopes as PolicyRequirement } from '../policy/policy.js';
import { countTokens, countWithDocuments, excessOfText, TOKENS_PER_DOCUMENT } from './document-text.js';
import { parseDocument } from './parse-document.js';
import type { FindDocument } from './trusted-documents.js';

/** What an operation requires. */
interface RequiredScopes {
  readonly scopes: Scope[];
  readonly anyScopes: Scope[][];
  readonly fields: {
    readonly coordinate: string;
    readonly scopes: Scope[];
    readonly anyScopes: Scope[][];
    readonly ownerAllowed: boolean;
    readonly public: boolean;
    readonly kind?: 'APP' | 'USER';
  }[];
}

interface RequiredScopesRequest {
  readonly document: string;
  readonly operationName: string | undefined;
  /**
   * The operation that asks. The tokens of both documents, and of those that the document gives to tokens, are limited
   * together: one request costs no more than another.
   */
  readonly askedBy: OperationDefinitionNode;
}

/**
 * Finds what an operation of a document requires, before it is sent. Where only trusted documents run, others are refused
 * without a word on whether they are valid, which would reveal the schema.
 *
 * @throws BadUserInput for a document that is not valid against the schema, not trusted or too large, and for an operation
 *   that is not in it.
 */
export type ReadRequiredScopes = (request: RequiredScopesRequest) => RequiredScopes;

/** The part of a policy that needs no context. */
type Compiled = Pick<Policy<AuthorizedContext>, 'schema' | 'requiredScopes'>;

export interface RequiredScopesOptions {
  readonly policy: Compiled;
  readonly findDocument: FindDocument;
  readonly limits: Pick<Config['limits'], 'documentBytes' | 'documentTokens'>;
}

export function createReadRequiredScopes({ policy, findDocument, limits }: RequiredScopesOptions): ReadRequiredScopes {
  return ({ document: text, operationName, askedBy }) => {
    const excess = excessOfText(text, limits);
    if (excess !== undefined) throw new BadUserInput('document', excess);
    const trusted = findDocument({ query: text });
    if (typeof trusted !== 'string') {
      throw new BadUserInput('document', 'This server runs listed documents only, and this one is not listed.');
    }
    const maxTokens = limits.documentTokens - countTokens(askedBy);
    const valid = validDocument(trusted, policy, maxTokens);
    if (countWithDocuments(trusted, maxTokens) > maxTokens) {
      const counted = `of those each ${TOKENS_PER_DOCUMENT} more than it has`;
      const fault = `The document and those that it gives to tokens have more than ${maxTokens} tokens together, ${counted}`;
      throw new BadUserInput('document', `${fault}; at most ${maxTokens} are allowed. ${ASKING_COUNTS}`);
    }
    const required = policy.requiredScopes(valid, operationName);
    if (required === undefined) {
      throw new BadUserInput(
        'operationName',
        'Name an operation of the document; it may be left out where there is one.',
      );
    }
    return { ...named(required), fields: required.fields.map((field) => ({ ...field, ...named(field) })) };
  };
}

const ASKING_COUNTS = 'Those of the operation that asks count too.';

function named({ scopes, anyScopes }: Pick<PolicyRequirement, 'scopes' | 'anyScopes'>) {
  return { scopes: scopes.map(scopeNamed), anyScopes: anyScopes.map((some) => some.map(scopeNamed)) };
}

function validDocument(text: string, { schema }: Compiled, maxTokens: number): DocumentNode {
  const parsed = parseDocument(text, schema, maxTokens);
  switch (parsed.kind) {
    case 'VALID':
      return parsed.document;
    case 'TOO_MANY_TOKENS':
      throw new BadUserInput('document', `${parsed.fault} ${ASKING_COUNTS}`);
    case 'INVALID':
      throw new BadUserInput('document', parsed.fault);
  }
}
