import { asc, eq, sql } from 'drizzle-orm';
import type { PreparedDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import { createReadLists, list } from '../database/read-by-key.js';
import { tokenDocuments } from './table.js';

/** Creates a read of the texts of a token's documents, in order, by the first token of its rotations; reads share a statement. */
export function createDocumentsOf(database: PreparedDatabase): (rootId: string) => Promise<readonly string[]> {
  const select = database
    .select({ list, row: tokenDocuments.text })
    .from(sql`unnest(${sql.placeholder('roots')}::uuid[]) with ordinality as wanted(root_id, list)`)
    .innerJoin(tokenDocuments, eq(tokenDocuments.rootId, sql`wanted.root_id`))
    .orderBy(list, asc(tokenDocuments.position));
  const read = prepare(database, 'documents_of_tokens', select);
  return createReadLists<string, string>((rootIds) => read({ roots: [...rootIds] }));
}
