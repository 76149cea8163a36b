import { describe, expect } from 'vitest';
import { AddPointsDocument, type AddPointsInput } from '../operations/generated.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const ROLE = `serving_${process.pid}`;

let database: TestDatabase;
const it = itWith(async (after) => {
  database = await createDatabase();
  after(async () => {
    await database.query(`drop owned by ${ROLE}`);
    await database.query(`drop role ${ROLE}`);
    await database.drop();
  });
  const url = new URL(database.url);
  url.username = ROLE;
  url.password = 'serving';
  await database.query(`create role ${ROLE} login password 'serving'`);
  await database.query('create schema if not exists scrip');
  for (const schema of await schemas()) {
    await database.query(`grant usage on schema "${schema}" to ${ROLE}`);
    await database.query(`grant select, insert, update, delete on all tables in schema "${schema}" to ${ROLE}`);
  }
  return { DATABASE_URL: url.href };
});
let token: IssuedToken;
let input: AddPointsInput;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
  input = { user: { id: (await server.user()).id }, points: 1 };
});

async function schemas(): Promise<string[]> {
  const rows = await database.query("select nspname from pg_namespace where nspname !~ '^pg_|^information_schema$'");
  return rows.map(({ nspname }) => String(nspname));
}

const ready = async ({ url }: TestServer) => (await fetch(`${url}/readyz`)).status;

describe.each([
  ['a privilege is taken away', `revoke insert on entries from ${ROLE}`, `grant insert on entries to ${ROLE}`],
  ['the schema is renamed', 'alter schema public rename to elsewhere', 'alter schema elsewhere rename to public'],
])('While %s', (_what, take, giveBack) => {
  it.beforeAll(async ({ server }) => {
    expect(await ready(server)).toBe(200);
    await database.query(take);
  });

  it('the node is unready and changes fail with UNAVAILABLE and no effect, until it is restored', async ({
    server,
  }) => {
    expect(await ready(server)).toBe(503);
    const refused = await server.send(token, AddPointsDocument, { input });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', effect: 'NONE' } }]);
    await database.query(giveBack);
    expect(await ready(server)).toBe(200);
    expect((await server.send(token, AddPointsDocument, { input })).errors).toBeUndefined();
  });
});
