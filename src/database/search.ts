/**
 * Searches for a text in names. A match is found by the trigram indexes where the database has them (`trigram-indexes.ts`),
 * else by reading every name.
 *
 * One or two characters have no trigram of their own inside a name, so they find the names that begin with them.
 */
import { type SQL, sql } from 'drizzle-orm';

/** Folds a text so that letters match without regard to case. Its result has the collation "C", and an index has it. */
export type Fold = (text: SQL) => SQL;

/** ASCII alone, in any language of the database, in Turkish too. */
export const foldAscii: Fold = (text) => sql`lower(${text} collate "C")`;

/** All letters, as the language of the database has them. */
export const foldLetters: Fold = (text) => sql`lower(${text}) collate "C"`;

const MIN_CONTAINED = 3;

/** Whether a search finds the names that begin with it, and not those that contain it. */
export function isPrefix(search: string): boolean {
  return [...search].length < MIN_CONTAINED;
}

/** The condition that a name matches a search under one of the folds; every character stands for itself. */
export function matches(name: SQL, search: string, folds: readonly Fold[]): SQL {
  const literal = search.replace(/[\\%_]/g, '\\$&');
  const pattern = isPrefix(search) ? `${literal}%` : `%${literal}%`;
  const likes = folds.map((fold) => {
    // Without a trigram all of the index would be read, which takes four times as long as all names: no index has this one.
    const folded = TRIGRAM.test(pattern) ? fold(name) : sql`(${fold(name)} || '')`;
    return sql`${folded} like ${fold(sql`${pattern}::text`)}`;
  });
  return sql`(${sql.join(likes, sql` or `)})`;
}

/** Three letters or digits in a row, the beginning of a word, or its end: what a trigram is made of. */
const TRIGRAM = /[\p{L}\p{N}]{3}|(?:^|[^\p{L}\p{N}%])[\p{L}\p{N}]|[\p{L}\p{N}]{2}[^\p{L}\p{N}%]/u;

/** The condition that an ASCII name begins with a text, as a range of an index in the order of folded names. */
export function beginsWith(foldedName: SQL, prefix: string): SQL {
  const [from, to] = [prefix, `${prefix}\u{10ffff}`].map((bound) => foldAscii(sql`${bound}::text`));
  return sql`${foldedName} >= ${from} and ${foldedName} < ${to}`;
}
