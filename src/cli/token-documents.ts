import type { Scope } from '../auth/scope.js';
import type { Config } from '../config.js';
import { readOperations } from './read-operations.js';
import type { SourceFile } from './source-file.js';

/** What a token for the operations of files is issued with. */
export interface NeededByFiles {
  /** Those that the operations require; of several of which one is enough the first. */
  readonly scopes: readonly Scope[];
  /** Each operation once, with its fragments. */
  readonly documents: readonly string[];
}

/**
 * Reads them as the server with these settings would.
 *
 * @throws Error naming the file, for an operation that is not valid or that no token can run; BadUserInput for more than a
 *   token can have; UnusableDocuments.
 */
export async function readTokenDocuments(files: readonly SourceFile[], config: Config): Promise<NeededByFiles> {
  const [
    { print, separateOperations },
    { pino },
    { scopeNamed },
    { BadUserInput },
    { openPolicy },
    { createReadDocuments },
  ] = await Promise.all([
    import('graphql'),
    import('pino'),
    import('../auth/scope.js'),
    import('../errors.js'),
    import('../graphql/open-policy.js'),
    import('../graphql/read-documents.js'),
  ]);
  const { policy, findDocument } = await openPolicy(config, pino({ level: 'silent' }));
  const readDocuments = createReadDocuments({ describeDocument: policy.describeDocument, findDocument });
  const operations = await readOperations(files, policy.schema);
  const texts = operations.flatMap(({ file, name, document }) => {
    const own = separateOperations(document)[name ?? ''];
    if (own === undefined) return [];
    const text = print(own);
    try {
      return readDocuments([text], '--for').texts;
    } catch (error) {
      if (!(error instanceof BadUserInput)) throw error;
      throw new Error(`${file}${name === undefined ? '' : `, operation ${name}`}: ${error.message}`, { cause: error });
    }
  });
  const { texts: documents, scopesFor } = readDocuments(texts, '--for');
  return { documents, scopes: scopesFor(() => false).map(scopeNamed) };
}
