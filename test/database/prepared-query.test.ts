import { describe, expect, onTestFinished } from 'vitest';
import { Client } from '../../src/database/client.js';
import { PreparedQuery, type Rows, type Statement } from '../../src/database/prepared-query.js';
import { openPool } from '../support/database.js';
import { itOnDatabase as it } from '../support/database-fixture.js';

const VALUES: Statement = {
  name: 'values',
  text: `select $1::int as number, $2::text as text, $3::text[] as list, true as yes, null::int as nothing,
                '{"a":1}'::json as json, 'epoch'::timestamptz as moment`,
};

/** A connection, and how often PostgreSQL has described the columns of a result on it. */
async function open(url: string, pipeline = false) {
  const client = new Client({ connectionString: url, pipeline });
  let descriptions = 0;
  client.connection.on('rowDescription', () => {
    descriptions += 1;
  });
  await client.connect();
  onTestFinished(() => client.end());
  const send = (statement: Statement, values: readonly unknown[]) =>
    new Promise<Rows>((resolve, reject) => {
      client.query(new PreparedQuery(statement, values, (error, rows = []) => (error ? reject(error) : resolve(rows))));
    });
  return { client, send, descriptions: () => descriptions };
}

// It uses members of `pg` that its types lack.
describe('A prepared statement', () => {
  it('is described once, and returns what `pg` returns', async ({ database }) => {
    const { client, send, descriptions } = await open(database.url);
    const values = [1, 'a "text"', ['x', 'y, "z"', null]];
    const { rows } = await client.query({ text: VALUES.text, values, rowMode: 'array' });
    const before = descriptions();
    expect(await send(VALUES, values)).toEqual(rows);
    expect(await send(VALUES, values)).toEqual(rows);
    expect(await send(VALUES, [null, null, []])).toEqual([[null, null, [], ...(rows[0] ?? []).slice(3)]]);
    expect(descriptions() - before).toBe(1);
  });

  it('is described once on each connection, whose values are read by the types of that description', async ({
    database,
  }) => {
    const statement = { name: 'all_shapes', text: 'select * from shapes' };
    await database.query('create table shapes (shape text); insert into shapes values (1)');
    const [first, second] = [await open(database.url), await open(database.url)];
    expect(await first.send(statement, [])).toEqual([['1']]);
    await database.query('alter table shapes alter shape type int using shape::int');
    expect(await second.send(statement, [])).toEqual([[1]]);
    expect(await second.send(statement, [])).toEqual([[1]]);
    await expect(first.send(statement, [])).rejects.toMatchObject({ code: '0A000' });
  });

  it('returns each result to its own execution where several are in flight', async ({ database }) => {
    const { send } = await open(database.url, true);
    const double = { name: 'double', text: 'select $1::int * 2, generate_series(1, $1::int)' };
    const results = await Promise.all([1, 2, 3].map((number) => send(double, [number])));
    expect(results.map((rows) => rows.length)).toEqual([1, 2, 3]);
    expect(results.map((rows) => rows[0])).toEqual([
      [2, 1],
      [4, 1],
      [6, 1],
    ]);
  });

  it('can be executed again after one that failed, also the first', async ({ database }) => {
    const { send } = await open(database.url);
    const divide = { name: 'divide', text: 'select 6 / $1::int' };
    await expect(send(divide, [0])).rejects.toMatchObject({ code: '22012' });
    expect(await send(divide, [2])).toEqual([[3]]);
    await expect(send(divide, ['x'])).rejects.toMatchObject({ code: '22P02' });
    expect(await send(divide, [3])).toEqual([[2]]);
  });

  it('without a name is described with each execution', async ({ database }) => {
    const { send, descriptions } = await open(database.url);
    const unnamed = { text: 'select $1::int' };
    expect(await send(unnamed, [1])).toEqual([[1]]);
    expect(await send(unnamed, [2])).toEqual([[2]]);
    expect(descriptions()).toBe(2);
  });

  it('fails where a value cannot be parsed, and its connection serves the next one', async ({ database }) => {
    const { send } = await open(database.url);
    const parse = (): never => {
      throw new Error('no number');
    };
    const unreadable = { name: 'unreadable', text: 'select 1', types: { getTypeParser: () => parse } };
    await expect(send(unreadable, [])).rejects.toThrow('no number');
    expect(await send({ text: 'select 2' }, [])).toEqual([[2]]);
  });

  it('over a pool returns its connection, also where it is refused, and a broken one is replaced', async ({
    database,
  }) => {
    const { database: pooled, close } = openPool(database.url, { poolSize: 1 });
    onTestFinished(close);
    const pid = { name: 'pid', text: 'select pg_backend_pid()' };
    const divide = { name: 'divide_pooled', text: 'select 6 / $1::int' };
    const end = { name: 'end', text: 'select pg_terminate_backend(pg_backend_pid())' };
    const first = await pooled.$client.send(pid, []);
    await expect(pooled.$client.send(divide, [0])).rejects.toMatchObject({ code: '22012' });
    await expect(pooled.$client.send(divide, [1n, { toPostgres: fail }])).rejects.toThrow('no text');
    expect(await pooled.$client.send(pid, [])).toEqual(first);
    await expect(pooled.$client.send(end, [])).rejects.toMatchObject({ code: '57P01' });
    expect(await pooled.$client.send(pid, [])).not.toEqual(first);
  });

  it('without columns returns no rows', async ({ database }) => {
    const { send } = await open(database.url);
    await database.query('create table parrots (name text)');
    const insert = { name: 'insert_parrot', text: 'insert into parrots values ($1)' };
    expect([await send(insert, ['Polly']), await send(insert, ['Flint'])]).toEqual([[], []]);
    expect(await database.query('select count(*)::int as count from parrots')).toEqual([{ count: 2 }]);
  });
});

function fail(): never {
  throw new Error('no text');
}
