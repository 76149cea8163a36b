import { beforeEach, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.js';
import { bringUp, createEmptyDatabase, journal, ours } from './bring-up.js';

const EVERY_NAME = ours.map(({ name }) => name);

let own: TestDatabase;
beforeEach(async () => {
  own = await createEmptyDatabase();
});

/** The URL that sets this at connect; white space in a value needs a backslash. */
function withOption({ url }: TestDatabase, option: string): string {
  const extended = new URL(url);
  extended.searchParams.set('options', `-c ${option}`);
  return extended.href;
}

describe.each([
  ['my-app', '"my-app"'],
  ['My "c\\d', '"My\\ ""c\\\\d"'],
])('A schema of the name %s', (schema, path) => {
  const journalOf = () => journal(own, `${quoted}.scrip_migrations`);
  const quoted = `"${schema.replaceAll('"', '""')}"`;
  let url: string;
  beforeEach(async () => {
    await own.query(`create schema ${quoted}`);
    url = withOption(own, `search_path=${path}`);
  });

  it('is migrated further by a later version', async () => {
    await bringUp(url, { migrations: ours.slice(0, -1) });
    await bringUp(url);
    expect(await journalOf()).toEqual(EVERY_NAME);
  });

  it('is migrated by one of several nodes that start at once', async () => {
    await Promise.all([1, 2, 3].map(() => bringUp(url)));
    expect(await journalOf()).toEqual(EVERY_NAME);
  });

  it('is quoted as PostgreSQL and DATABASE_URL accept it, by the error of a start whose search_path does not name it', async () => {
    await bringUp(url);
    const refusal = String(await bringUp(own.url).catch((error: unknown) => error));
    const [, setting = '', options = ''] =
      /run ALTER ROLE … SET (.*) for the role, or add \?options=(\S+)/.exec(refusal) ?? [];
    expect(setting).toBe(`search_path = ${quoted}`);
    await bringUp(`${own.url}?options=${options}`);
    expect(await own.query("select from pg_tables where schemaname = 'public'")).toEqual([]);
  });
});

describe('A role for which quote_all_identifiers is on', () => {
  it('migrates the schema public, at the first start and at later ones', async () => {
    const url = withOption(own, 'quote_all_identifiers=on');
    await Promise.all([1, 2].map(() => bringUp(url, { migrations: ours.slice(0, -1) })));
    await bringUp(url);
    expect(await journal(own)).toEqual(EVERY_NAME);
  });
});
