/** The text of a file with GraphQL. */
import { type DocumentNode, type GraphQLError, Kind, Lexer, parse, type Source, TokenKind } from 'graphql';

/**
 * Parses a file. One that is empty, or holds comments only, has no definitions: GraphQL itself refuses it, but a file of
 * operations may be commented out.
 *
 * @throws GraphQLError for what is no GraphQL.
 */
export function parseFile(source: Source): DocumentNode {
  const isEmpty = new Lexer(source).advance().kind === TokenKind.EOF;
  return isEmpty ? { kind: Kind.DOCUMENT, definitions: [] } : parse(source);
}

/** The message of an error in a file, in a line that begins with its position: `add.graphql:2:3`. */
export function withPosition({ message, source, locations }: GraphQLError): string {
  const [position] = locations ?? [];
  return `${source?.name}:${position?.line}:${position?.column} ${message}`;
}
