import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import type { TestDatabase } from '../support/database.js';
import { itOnDatabase as it } from '../support/database-fixture.js';

const IS_OF_EXTENSION = `exists (select from pg_depend d where d.objid = pg_proc.oid and d.deptype = 'e')`;

const DEFINITIONS = {
  functions: `select proname as name, pg_get_functiondef(oid) as definition from pg_proc
     where pronamespace = 'public'::regnamespace and not ${IS_OF_EXTENSION} order by proname`,
  views: `select relname as name, pg_get_viewdef(oid) as definition from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'v' order by relname`,
  triggers: `select tgname as name, pg_get_triggerdef(t.oid) as definition from pg_trigger t
     where not tgisinternal order by tgname`,
} as const;

async function definitionsOf(database: TestDatabase, kind: keyof typeof DEFINITIONS): Promise<Record<string, unknown>> {
  const rows = await database.query(DEFINITIONS[kind]);
  return Object.fromEntries(rows.map(({ name, definition }) => [String(name), definition]));
}

describe.each(['functions', 'views', 'triggers'] as const)('drizzle/%s', (kind) => {
  it('has one file for each of the migrated database, with the same definition', async ({ database }) => {
    const folder = new URL(`../../drizzle/${kind}/`, import.meta.url);
    const migrated = await definitionsOf(database, kind);
    const files = readdirSync(folder).sort();
    expect(files).toEqual(Object.keys(migrated).map((name) => `${name}.sql`));
    for (const file of files) await database.query(readFileSync(new URL(file, folder), 'utf8'));
    expect(await definitionsOf(database, kind)).toEqual(migrated);
  });
});

describe('A function of the database', () => {
  it('sets its own search_path, so that no session can make it use other tables', async ({ database }) => {
    const unsafe = await database.query(
      `select proname from pg_proc
        where pronamespace = 'public'::regnamespace and prosqlbody is null and not ${IS_OF_EXTENSION}
          and not coalesce('search_path=public, pg_temp' = any (proconfig), false)`,
    );
    expect(unsafe).toEqual([{ proname: 'bracket_of' }]); // uses only pg_catalog, which PostgreSQL searches first
  });
});
