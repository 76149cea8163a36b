import { type DocumentNode, type OperationDefinitionNode, parse } from 'graphql';
import { type Scope, scopeNamed } from '../auth/scope.js';
import type { Config } from '../config.js';
import { BadUserInput } from '../errors.js';
import type { AuthorizedContext, Policy, RequiredScopes as PolicyRequirement } from '../policy/policy.js';
import { countTokens, excessOfText } from './document-text.js';
import { excessOfTokens } from './format-error.js';
import { isStackOverflow, NESTS_TOO_DEEP } from './stack-overflow.js';
import type { FindDocument } from './trusted-documents.js';
import { validateDocument } from './validate-document.js';

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
  /** The operation that asks. The tokens of both documents together are limited: one request costs no more than another. */
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
    const required = policy.requiredScopes(parseDocument(trusted, policy, maxTokens), operationName);
    if (required === undefined) {
      throw new BadUserInput(
        'operationName',
        'Name an operation of the document; it may be left out where there is one.',
      );
    }
    return { ...named(required), fields: required.fields.map((field) => ({ ...field, ...named(field) })) };
  };
}

function named({ scopes, anyScopes }: Pick<PolicyRequirement, 'scopes' | 'anyScopes'>) {
  return { scopes: scopes.map(scopeNamed), anyScopes: anyScopes.map((some) => some.map(scopeNamed)) };
}

function parseDocument(text: string, { schema }: Compiled, maxTokens: number): DocumentNode {
  try {
    const document = parse(text, { maxTokens });
    const [fault] = validateDocument(schema, document, maxTokens);
    if (fault !== undefined) throw fault;
    return document;
  } catch (fault) {
    if (isStackOverflow(fault)) throw new BadUserInput('document', NESTS_TOO_DEEP);
    const message = fault instanceof Error ? fault.message : 'The document is not GraphQL.';
    const excess = excessOfTokens(message);
    throw new BadUserInput('document', excess ? `${excess} Those of the operation that asks count too.` : message);
  }
}
