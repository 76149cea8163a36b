/** What a transaction does to a row: `changed` excludes all others, `kept` only those that change the row. */
export interface Wanted {
  readonly changed: readonly string[];
  readonly kept: readonly string[];
}

/** Row locks of PostgreSQL; neither waits for foreign keys that refer to the row. */
export type Strength = 'no key update' | 'share';

/**
 * Locks rows of one table in the order of their ids, so that two transactions that lock the same rows never wait for each
 * other. Neighbours that are locked alike take one statement; an id in both lists is `changed`.
 *
 * @param lock locks the rows of these ids, itself in their order, and returns what it read of them under the lock.
 * @returns what `lock` returned, in the order of ids.
 */
export async function lockInOrder<Row>(
  { changed, kept }: Wanted,
  lock: (ids: string[], strength: Strength) => Promise<Row[]>,
): Promise<Row[]> {
  const isChanged = new Set(changed);
  const runs: { readonly strength: Strength; readonly ids: string[] }[] = [];
  // UUIDs in lower case: the order of their text is PostgreSQL's.
  for (const id of [...new Set([...changed, ...kept])].toSorted()) {
    const strength = isChanged.has(id) ? 'no key update' : 'share';
    const last = runs.at(-1);
    if (last?.strength === strength) last.ids.push(id);
    else runs.push({ strength, ids: [id] });
  }
  const locked: Row[] = [];
  for (const { ids, strength } of runs) locked.push(...(await lock(ids, strength)));
  return locked;
}
