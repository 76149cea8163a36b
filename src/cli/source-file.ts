import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { DocumentNode, GraphQLError } from 'graphql';

/** A GraphQL text, and the file that it comes from. */
export interface SourceFile {
  readonly name: string;
  readonly body: string;
}

/** Reads the file that an argument names. */
export function readSourceFile(name: string): SourceFile {
  try {
    return { name, body: readFileSync(name, 'utf8') };
  } catch {
    throw new InvalidArgumentError('It is not a file that can be read.');
  }
}

/**
 * @throws {Error} naming file, line and column of what is no GraphQL.
 */
export async function parseSourceFile({ name, body }: SourceFile): Promise<DocumentNode> {
  const { GraphQLError, parse, Source } = await import('graphql');
  try {
    return parse(new Source(body, name));
  } catch (error) {
    throw error instanceof GraphQLError ? atPlace(error) : error;
  }
}

/** The same error, in a line that begins with its place: `add.graphql:2:3`. */
export function atPlace({ message, source, locations }: GraphQLError): Error {
  const [place] = locations ?? [];
  return new Error(`${source?.name}:${place?.line}:${place?.column} ${message}`);
}
