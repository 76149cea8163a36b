import { it } from 'vitest';
import { createDatabase } from './database.js';

/** `it` for a database that the tests of a file share: `it('...', async ({ database }) => ...)`. No server starts. */
export const itOnDatabase = it.extend(
  'database',
  { scope: 'file' },
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from this pattern which fixtures a fixture uses.
  async ({}, { onCleanup }) => {
    const database = await createDatabase();
    onCleanup(() => database.drop());
    return database;
  },
);
