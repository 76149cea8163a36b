/** The text of a file with GraphQL. */
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  Lexer,
  parse,
  type Source,
  specifiedRules,
  TokenKind,
  type ValidationRule,
  validate,
} from 'graphql';
import { findTooDeep, TOO_DEEP } from './document-text.js';
import { withinStack } from './stack-overflow.js';

/**
 * Parses a text of a file, which may nest as deep as that of a request.
 *
 * @throws GraphQLError for what is no GraphQL, or nests too deep.
 */
export function parseText(source: Source): DocumentNode {
  const position = findTooDeep(source);
  if (position !== undefined) throw new GraphQLError(TOO_DEEP, { source, positions: [position] });
  return parse(source);
}

/**
 * Parses a file. One that is empty, or holds comments only, has no definitions: GraphQL itself refuses it, but a file of
 * operations may be commented out.
 *
 * @throws GraphQLError as {@link parseText} does.
 */
export function parseFile(source: Source): DocumentNode {
  const isEmpty = new Lexer(source).advance().kind === TokenKind.EOF;
  return isEmpty ? { kind: Kind.DOCUMENT, definitions: [] } : parseText(source);
}

/**
 * Validates the operations of a file.
 *
 * @throws Error naming the position of the first fault, or the file where it is too complex to be validated.
 */
export function validateFile(
  file: string,
  document: DocumentNode,
  schema: GraphQLSchema,
  rules: readonly ValidationRule[] = specifiedRules,
): void {
  const [fault] = withinStack(file, () => validate(schema, document, rules));
  if (fault !== undefined) throw new Error(withPosition(fault, file), { cause: fault });
}

/** The message of an error in a file, in a line that begins with its position: `add.graphql:2:3`. */
export function withPosition({ message, source, locations }: GraphQLError, file: string): string {
  const [position] = locations ?? [];
  // Validation stops without a position where fields and fragments overlap in too many ways.
  if (position === undefined) return `${file}: ${message} Use fewer fragments.`;
  return `${source?.name ?? file}:${position.line}:${position.column} ${message}`;
}
