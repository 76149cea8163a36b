import { it } from 'vitest';
import { startOwnPostgres } from './own-postgres.js';

/** `it` for a PostgreSQL server that the tests of a file share and no other file uses: they may change its settings. */
export const itOnOwnPostgres = it.extend(
  'postgres',
  { scope: 'file' },
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from this pattern which fixtures a fixture uses.
  async ({}, { onCleanup }) => {
    const postgres = await startOwnPostgres();
    onCleanup(() => postgres.close());
    return postgres;
  },
);
