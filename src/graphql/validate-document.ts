import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  OverlappingFieldsCanBeMergedRule,
  specifiedRules,
  validate,
} from 'graphql';
import type { ErrorCode } from '../errors.js';
import { findOverlap } from './overlapping-fields.js';

/** graphql's rules, but for the one whose time grows with the square of the document. */
const RULES = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);

/** Selections that are compared for each token that a document may have. Documents of clients need one or two. */
const SELECTIONS_PER_TOKEN = 10;

/**
 * Validates a document against a schema (GraphQL, September 2025, section 5), in time linear in its tokens.
 *
 * @param maxTokens how many the document was allowed to have.
 * @returns what is wrong with it, each error with a code; empty: it is valid.
 * @throws a stack overflow, where fragments lead to each other too deep.
 */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  maxTokens: number,
): readonly GraphQLError[] {
  const errors = validate(schema, document, RULES);
  if (errors.length > 0) return errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'));
  const overlap = findOverlap(document, { schema, maxSelections: maxTokens * SELECTIONS_PER_TOKEN });
  switch (overlap?.kind) {
    case 'CONFLICT':
      return [withCode(overlap.error, 'GRAPHQL_VALIDATION_FAILED')];
    case 'TOO_MANY':
      return [withCode(new GraphQLError(TOO_MANY), 'OPERATION_TOO_COMPLEX')];
    case undefined:
      return [];
  }
}

const TOO_MANY =
  'The document selects the same fields too often to be compared. Spread each fragment in fewer places, or send fewer operations in one document.';

function withCode({ message, nodes }: GraphQLError, code: ErrorCode): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { code } });
}
