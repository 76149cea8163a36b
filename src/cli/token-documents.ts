import type { Scope } from '../auth/scope.js';
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
 * @throws Error naming the file, for an operation that is not valid or that no token can run; BadUserInput for more than a
 *   token can have.
 */
export async function readTokenDocuments(files: readonly SourceFile[]): Promise<NeededByFiles> {
  const [
    { print, separateOperations },
    { pino },
    { scopeNamed },
    { parseConfig },
    { buildSchema },
    { createPolicy },
    { createReadDocuments },
    { anyDocument },
  ] = await Promise.all([
    import('graphql'),
    import('pino'),
    import('../auth/scope.js'),
    import('../config.js'),
    import('../graphql/build-schema.js'),
    import('../graphql/policy.js'),
    import('../graphql/read-documents.js'),
    import('../graphql/trusted-documents.js'),
  ]);
  const policy = createPolicy(buildSchema(), { limits: parseConfig({}).limits, log: pino({ level: 'silent' }) });
  const operations = await readOperations(files, policy.schema);
  const texts = operations.flatMap(({ file, name, document }) => {
    const own = separateOperations(document)[name ?? ''];
    if (own === undefined) return [];
    const text = print(own);
    const described = policy.describeDocument(text);
    if (described.kind === 'OPERATION') return [text];
    throw new Error(`${file}${name === undefined ? '' : `, operation ${name}`}: ${described.fault}`);
  });
  const readDocuments = createReadDocuments({ describeDocument: policy.describeDocument, findDocument: anyDocument });
  const { texts: documents, scopesFor } = readDocuments(texts, '--for');
  return { documents, scopes: scopesFor(() => false).map(scopeNamed) };
}
