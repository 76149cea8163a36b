import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { DocumentNode } from 'graphql';

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
 * Parses a file, of which a part may be commented out.
 *
 * @throws {Error} naming file, line and column of what is no GraphQL.
 */
export async function parseSourceFile({ name, body }: SourceFile): Promise<DocumentNode> {
  const [{ GraphQLError, Source }, { parseFile, withPosition }] = await Promise.all([
    import('graphql'),
    import('../graphql/graphql-file.js'),
  ]);
  try {
    return parseFile(new Source(body, name));
  } catch (error) {
    throw error instanceof GraphQLError ? new Error(withPosition(error, name)) : error;
  }
}
