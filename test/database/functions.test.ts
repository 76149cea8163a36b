import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.js';

const folder = new URL('../../drizzle/functions/', import.meta.url);

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/** The source of each function, by its name. */
async function functions(): Promise<Record<string, unknown>> {
  const rows = await database.query(
    `select proname, pg_get_functiondef(oid) as definition from pg_proc
      where pronamespace = 'public'::regnamespace order by proname`,
  );
  return Object.fromEntries(rows.map(({ proname, definition }) => [String(proname), definition]));
}

describe('drizzle/functions', () => {
  it('has one file per function, with the source that the migrations lead to', async () => {
    const migrated = await functions();
    const files = readdirSync(folder).sort();
    expect(files).toEqual(Object.keys(migrated).map((name) => `${name}.sql`));
    for (const file of files) await database.query(readFileSync(new URL(file, folder), 'utf8'));
    expect(await functions()).toEqual(migrated);
  });
});
