import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange, post } from '../support/http.js';
import { type IssuedToken, startServer, type TestServer } from '../support/server.js';

const ADD = 'mutation ($input: AddPointsInput!) { addPoints(input: $input) { points replayed } }';

let server: TestServer;
let token: IssuedToken;
beforeAll(async () => {
  server = await startServer();
  token = await server.everything();
});
afterAll(() => server.close());

async function send(query: string, key: string, variables: object = {}) {
  return await post(
    server,
    { query, variables },
    {
      accept: 'application/graphql-response+json',
      authorization: `Bearer ${token.secret}`,
      'idempotency-key': key,
    },
  );
}

describe('The header Idempotency-Key', () => {
  it.each([
    ['addPoints', (id: string) => `addPoints(input: { user: { id: "${id}" }, points: 3 }) { replayed }`],
    ['spendPoints', (id: string) => `spendPoints(input: { user: { id: "${id}" }, points: 3 }) { replayed }`],
    ['reversePoints', (_id: string, entry: string) => `reversePoints(input: { entryId: "${entry}" }) { replayed }`],
  ])('is the key of %s: sent twice, it is done once', async (name, field) => {
    const { id } = await server.user();
    const credit = `mutation { addPoints(input: { user: { id: "${id}" }, points: 10 }) { entry { id } } }`;
    const { data } = await server.send(token, credit);
    const query = `mutation { ${field(id, data.addPoints.entry.id)} }`;
    expect((await send(query, 'order-5')).data).toEqual({ [name]: { replayed: false } });
    expect((await send(query, 'order-5')).data).toEqual({ [name]: { replayed: true } });
    expect((await send(query, '"order-5"')).data).toEqual({ [name]: { replayed: true } });
  });

  it('names the same change as the key in the input does', async () => {
    const { id } = await server.user();
    const input = { user: { id }, points: 3 };
    expect((await send(ADD, '"a \\"quoted\\" \\\\ key"', { input })).data.addPoints.replayed).toBe(false);
    const withKey = { ...input, idempotencyKey: 'a "quoted" \\ key' };
    expect((await server.send(token, ADD, { input: withKey })).data.addPoints.replayed).toBe(true);
    expect((await send(ADD, 'a "quoted" \\ key', { input: withKey })).data.addPoints.replayed).toBe(true);
    expect((await send(ADD, 'another', { input: { ...input, idempotencyKey: null } })).data.addPoints.replayed).toBe(
      false,
    );
  });

  it('must equal the key in the input: 400 BAD_REQUEST, which names both, and nothing runs', async () => {
    const { id } = await server.user();
    const literal = `mutation { addPoints(input: { user: { id: "${id}" }, points: 3, idempotencyKey: "b" }) { points } }`;
    const resolve = `mutation { resolvePoints(input: { user: { id: "${id}" }, idempotencyKey: "b" }) { result { replayed: __typename } } }`;
    const variables = { input: { user: { id }, points: 3, idempotencyKey: 'b' } };
    for (const answer of [await send(ADD, 'a', variables), await send(literal, 'a'), await send(resolve, 'a')]) {
      expectBadRequest(answer);
      expect(answer.errors?.[0]?.message).toContain('Idempotency-Key');
      expect(answer.errors?.[0]?.message).toContain('input.idempotencyKey');
    }
    expect(await server.database.query('select 1 from entries where user_id = $1', [id])).toEqual([]);
  });

  it.each([
    ['takes no key', (id: string) => `deleteUser(input: { user: { id: "${id}" } }) { deletedUserId }`],
    [
      'makes many changes',
      (id: string) => `applyPoints(input: { operations: [${add(id)}] }) { results { payload { points } } }`,
    ],
    [
      'is one of two',
      (id: string) => `a: addPoints(input: ${amount(id)}) { points } b: addPoints(input: ${amount(id)}) { points }`,
    ],
    ['is one of two in fragments', (id: string) => `...A ... { b: addPoints(input: ${amount(id)}) { points } }`],
  ])('is refused with a mutation that %s: 400 BAD_REQUEST, and nothing runs', async (_what, fields) => {
    const { id } = await server.user();
    const fragment = `fragment A on Mutation { a: addPoints(input: ${amount(id)}) { points } }`;
    const text = fields(id);
    const answer = await send(`mutation { ${text} } ${text.includes('...A') ? fragment : ''}`, 'order-6');
    expectBadRequest(answer);
    expect(answer.errors?.[0]?.message).toContain('input.idempotencyKey');
    expect(await server.database.query('select 1 from entries where user_id = $1', [id])).toEqual([]);
    expect(await server.database.query('select 1 from users where id = $1 and deleted_at is null', [id])).toHaveLength(
      1,
    );
  });

  it('counts only what runs: fields that are left out or stand twice are no second change', async () => {
    const { id } = await server.user();
    const field = `addPoints(input: ${amount(id)})`;
    const query = `mutation ($both: Boolean!) {
      __typename ...A ... on Mutation { ...A }
      b: ${field} @include(if: $both) { points } ... @skip(if: true) { c: ${field} { points } }
    } fragment A on Mutation { ${field} { replayed } }`;
    expect((await send(query, 'order-7', { both: false })).data).toEqual({
      __typename: 'Mutation',
      addPoints: { replayed: false },
    });
    expectBadRequest(await send(query, 'order-7', { both: true }));
  });

  it('leaves a condition that is null to the execution, which runs nothing', async () => {
    const { id } = await server.user();
    const query = `mutation ($no: Boolean = false) { addPoints(input: ${amount(id)}) @skip(if: $no) { points } }`;
    const { data, errors } = await send(query, 'order-8', { no: null });
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(await server.database.query('select 1 from entries where user_id = $1', [id])).toEqual([]);
  });

  it.each([
    ['is empty', ''],
    ['is an empty string', '""'],
    ['is too long', 'k'.repeat(256)],
    ['is not ASCII', 'caf\u00e9'],
  ])('is refused with a mutation where it %s: 400 BAD_REQUEST', async (_what, key) => {
    const { id } = await server.user();
    expectBadRequest(await send(ADD, key, { input: { user: { id }, points: 3 } }));
    expect(await server.database.query('select 1 from entries where user_id = $1', [id])).toEqual([]);
  });

  it('is refused with a mutation where it is sent twice', async () => {
    const { id } = await server.user();
    const body = JSON.stringify({ query: ADD, variables: { input: { user: { id }, points: 3 } } });
    const answer = await exchange(
      server,
      [
        'POST /graphql HTTP/1.1',
        'host: scrip',
        'connection: close',
        'content-type: application/json',
        `content-length: ${body.length}`,
        `authorization: Bearer ${token.secret}`,
        'idempotency-key: a',
        'idempotency-key: b',
      ],
      body,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(await server.database.query('select 1 from entries where user_id = $1', [id])).toEqual([]);
  });

  it('is ignored with a query, and judged after the credential', async () => {
    expect((await send('{ viewer { kind } }', '')).data).toEqual({ viewer: { kind: 'APP' } });
    const { status } = await post(server, { query: 'mutation { logOut { user { id } } }' }, { 'idempotency-key': 'a' });
    expect(status).toBe(401);
  });
});

const amount = (id: string) => `{ user: { id: "${id}" }, points: 3 }`;
const add = (id: string) => `{ add: ${amount(id)} }`;

function expectBadRequest({ status, data, errors }: Awaited<ReturnType<typeof send>>): void {
  expect({ status, data }).toEqual({ status: 400, data: undefined });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
}
