import type { TestDatabase } from '../../support/database.js';

/**
 * Faults that a ledger could well have. The tests plant them, one at a time, and see that they are found out: here in the
 * database functions of a test's own database, in faulty-ledgers.ts between a ledger and its database. Nothing of it is in
 * the product.
 */
export interface PlantedFunction {
  /** For the command line: `npm run faults -- --plant <name>`. */
  readonly name: string;
  readonly bug: string;
  /** The rule, among those that the probes look after, that it breaks before all. */
  readonly breaks: string;
  plant(database: Pick<TestDatabase, 'query'>): Promise<void>;
}

/** What {@link rememberBeforeLocks} has read; null: nothing. */
export const REMEMBERED = `nullif(current_setting('planted.remembered'), '')`;

/** Reads a value at the beginning of a call, before its locks. */
export async function rememberBeforeLocks(database: Pick<TestDatabase, 'query'>, query: string): Promise<void> {
  const remember = `PERFORM set_config('planted.remembered', (${query})::text, true);`;
  await editBoth(database, [['\nBEGIN\n', `\nBEGIN\n  ${remember}\n`]]);
}

/** The functions that lock: for one change, and for many. */
export async function editBoth(
  database: Pick<TestDatabase, 'query'>,
  changes: Parameters<typeof edit>[2],
): Promise<void> {
  await edit(database, 'change_points', changes);
  await edit(database, 'apply_changes', changes);
}

/** Replaces parts of a function; each has to be there. `$&` stands for the part, without its last semicolon. */
export async function edit(
  database: Pick<TestDatabase, 'query'>,
  name: string,
  changes: readonly (readonly [string, string])[],
): Promise<void> {
  const [row] = await database.query(`select pg_get_functiondef('${name}'::regproc) as definition`);
  let definition = String(row?.['definition']);
  for (const [part, other] of changes) {
    if (!definition.includes(part)) throw new Error(`There is no ${part} in ${name} any more.`);
    definition = definition.replace(part, () => other.replace('$&', part.replace(/;$/, '')));
  }
  await database.query(definition);
}
