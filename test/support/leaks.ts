import { expect } from 'vitest';
import { secretsIn } from '../../src/tokens/secret.js';
import type { TestDatabase } from './database.js';

/** Every password that a request of this test file carried. Short ones are words that may stand anywhere. */
const passwords = new Set<string>();

/** Remembers a password, which nothing may show from now on. */
export function keepSecret(password: string): void {
  if (password.length > 8) passwords.add(password);
}

/** A body as JSON. The passwords in it are remembered. */
export function bodyOf(content: unknown): string {
  return JSON.stringify(content, (name, value: unknown) => {
    if (/password/i.test(name) && typeof value === 'string') keepSecret(value);
    return value;
  });
}

/** What a text shows and must not: tokens, known by their form, hashes of passwords, and passwords that were sent. */
export function leaksIn(text: string): string[] {
  const sent = [...passwords].filter(
    (password) => text.includes(password) || text.includes(JSON.stringify(password).slice(1, -1)),
  );
  return [...secretsIn(text).map(({ secret }) => secret), ...(text.match(FORMS) ?? []), ...sent];
}

/** Refresh tokens, JSON Web Tokens, secrets and private keys of webhooks, and what argon2 and bcrypt make of a password. */
const FORMS =
  /scrip_rt_[\w-]{72}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{20,}|whs(?:ec|k)_[\w+/]{20,}|\$argon2|\$2[aby]\$\d\d\$/g;

/** Fails where the errors or headers of a response show a secret, the caller's own included: what is logged is kept. */
export function expectNoSecrets(told: unknown): void {
  expect(leaksIn(JSON.stringify(told) ?? '')).toEqual([]);
}

/** Every row of every table as text, by table; what is binary in hexadecimal. */
export async function dump(database: TestDatabase): Promise<Record<string, string>> {
  const tables = await database.query(`select relname from pg_stat_user_tables where schemaname = 'public'`);
  const selections = tables.map(({ relname }) => `select '${relname}' as name, t::text as row from "${relname}" t`);
  const texts: Record<string, string> = Object.fromEntries(tables.map(({ relname }) => [relname, '']));
  for (const { name, row } of await database.query(selections.join(' union all '))) texts[String(name)] += `${row}\n`;
  return texts;
}

/** What the tables of a database show and must not; of passwords they hold the hashes, in one column. */
export async function leaksInTables(database: TestDatabase): Promise<string[]> {
  const tables = await dump(database);
  const allowed = (table: string, leak: string) => table === 'users' && leak.startsWith('$');
  return Object.entries(tables).flatMap(([table, text]) => leaksIn(text).filter((leak) => !allowed(table, leak)));
}
