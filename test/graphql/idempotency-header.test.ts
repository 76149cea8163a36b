import { type DocumentNode, print } from 'graphql';
import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  CaptureHoldDocument,
  HoldPointsDocument,
  LogOutDocument,
  ReleaseHoldDocument,
  ReversePointsDocument,
  SpendPointsDocument,
  TransferPointsDocument,
  ViewerKindDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { exchange, post } from '../support/http.js';
import type { IssuedToken, TestServer } from '../support/server.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

async function send(server: TestServer, operation: DocumentNode | string, key: string, variables: object = {}) {
  const query = typeof operation === 'string' ? operation : print(operation);
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
  it.for([
    ['addPoints', AddPointsDocument, (id: string) => ({ user: { id }, points: 3 })],
    ['spendPoints', SpendPointsDocument, (id: string) => ({ user: { id }, points: 3 })],
    ['reversePoints', ReversePointsDocument, (id: string) => ({ entryId: `${id}.1` })],
    ['holdPoints', HoldPointsDocument, (id: string) => ({ user: { id }, points: 3, expiresInSeconds: 60 })],
    ['captureHold', CaptureHoldDocument, (id: string) => ({ hold: `${id}.h1` })],
    ['releaseHold', ReleaseHoldDocument, (id: string) => ({ hold: `${id}.h1` })],
    [
      'transferPoints',
      TransferPointsDocument,
      (id: string) => ({ from: { id }, to: { username: 'admin' }, points: 3 }),
    ],
  ] as const)(
    'is the key of %s: sent three times, one change is made',
    async ([_name, document, inputOf], { server }) => {
      const { id } = await server.user();
      await server.send(token, AddPointsDocument, { input: { user: { id }, points: 10 } });
      if (document === CaptureHoldDocument || document === ReleaseHoldDocument) {
        await server.send(token, HoldPointsDocument, { input: { user: { id }, points: 3, expiresInSeconds: 60 } });
      }
      const replayed = async (key: string) =>
        (await send(server, document, key, { input: inputOf(id) })).data.change.replayed;
      expect(await replayed('order-5')).toBe(false);
      expect(await replayed('order-5')).toBe(true);
      expect(await replayed('"order-5"')).toBe(true);
    },
  );

  it('is the same key as `idempotencyKey` in the input', async ({ server }) => {
    const { id } = await server.user();
    const input = { user: { id }, points: 3 };
    const replayed = async (key: string, sent: object) =>
      (await send(server, AddPointsDocument, key, { input: sent })).data.change.replayed;
    expect(await replayed('"a \\"quoted\\" \\\\ key"', input)).toBe(false);
    const withKey = { ...input, idempotencyKey: 'a "quoted" \\ key' };
    expect((await server.send(token, AddPointsDocument, { input: withKey })).data.change.replayed).toBe(true);
    expect(await replayed('a "quoted" \\ key', withKey)).toBe(true);
    expect(await replayed('another', { ...input, idempotencyKey: null })).toBe(false);
  });

  it('is refused where the input has another key: 400 BAD_REQUEST, which names both, and nothing runs', async ({
    server,
  }) => {
    const { id } = await server.user();
    const literal = `mutation { addPoints(input: { user: { id: "${id}" }, points: 3, idempotencyKey: "b" }) { points } }`;
    const resolve = `mutation { resolvePoints(input: { user: { id: "${id}" }, idempotencyKey: "b" }) { result { replayed: __typename } } }`;
    const variables = { input: { user: { id }, points: 3, idempotencyKey: 'b' } };
    for (const response of [
      await send(server, AddPointsDocument, 'a', variables),
      await send(server, literal, 'a'),
      await send(server, resolve, 'a'),
    ]) {
      expectBadRequest(response);
      expect(response.errors?.[0]?.message).toContain('Idempotency-Key');
      expect(response.errors?.[0]?.message).toContain('input.idempotencyKey');
    }
    expect(await server.database.query('select 1 from entries where user_id = $1', [id])).toEqual([]);
  });

  it.for([
    ['has no key', (id: string) => `deleteUser(input: { user: { id: "${id}" } }) { deletedUserId }`],
    [
      'makes many changes',
      (id: string) => `applyPoints(input: { operations: [${add(id)}] }) { results { payload { points } } }`,
    ],
    [
      'has two fields',
      (id: string) => `a: addPoints(input: ${amount(id)}) { points } b: addPoints(input: ${amount(id)}) { points }`,
    ],
    ['has two fields in fragments', (id: string) => `...A ... { b: addPoints(input: ${amount(id)}) { points } }`],
  ] as const)(
    'is refused with a mutation that %s: 400 BAD_REQUEST, and nothing runs',
    async ([_what, fields], { server }) => {
      const { id } = await server.user();
      const fragment = `fragment A on Mutation { a: addPoints(input: ${amount(id)}) { points } }`;
      const text = fields(id);
      const response = await send(server, `mutation { ${text} } ${text.includes('...A') ? fragment : ''}`, 'order-6');
      expectBadRequest(response);
      expect(response.errors?.[0]?.message).toContain('input.idempotencyKey');
      expect(await server.database.query('select 1 from entries where user_id = $1', [id])).toEqual([]);
      expect(
        await server.database.query('select 1 from users where id = $1 and deleted_at is null', [id]),
      ).toHaveLength(1);
    },
  );

  it('is accepted where one field runs, however many the document has that are skipped or merged', async ({
    server,
  }) => {
    const { id } = await server.user();
    const field = `addPoints(input: ${amount(id)})`;
    const query = `mutation ($both: Boolean!) {
      __typename ...A ... on Mutation { ...A }
      b: ${field} @include(if: $both) { points } ... @skip(if: true) { c: ${field} { points } }
    } fragment A on Mutation { ${field} { replayed } }`;
    expect((await send(server, query, 'order-7', { both: false })).data).toEqual({
      __typename: 'Mutation',
      addPoints: { replayed: false },
    });
    expectBadRequest(await send(server, query, 'order-7', { both: true }));
  });

  it('does not hide the error of a condition that is null', async ({ server }) => {
    const { id } = await server.user();
    const query = `mutation ($no: Boolean = false) { addPoints(input: ${amount(id)}) @skip(if: $no) { points } }`;
    const { data, errors } = await send(server, query, 'order-8', { no: null });
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(await server.database.query('select 1 from entries where user_id = $1', [id])).toEqual([]);
  });

  it.for([
    ['is empty', ''],
    ['is an empty string', '""'],
    ['is too long', 'k'.repeat(256)],
    ['is not ASCII', 'caf\u00e9'],
    ['is a string with parameters', '"k-18";foo=1'],
    ['is a string that is not closed', '"k-19'],
    ['is a string that is closed by an escaped quote', '"k-19\\"'],
    ['is a string with another escape', '"k\\-19"'],
    ['is two strings', '"k-18", "k-19"'],
  ] as const)('is refused with a mutation where it %s: 400 BAD_REQUEST', async ([_what, key], { server }) => {
    const { id } = await server.user();
    expectBadRequest(await send(server, AddPointsDocument, key, { input: { user: { id }, points: 3 } }));
    expect(await server.database.query('select 1 from entries where user_id = $1', [id])).toEqual([]);
  });

  it('is refused with a mutation where the header is sent twice', async ({ server }) => {
    const { id } = await server.user();
    const body = JSON.stringify({ query: print(AddPointsDocument), variables: { input: { user: { id }, points: 3 } } });
    const response = await exchange(
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
    expect(response).toMatch(/^HTTP\/1\.1 400 /);
    expect(await server.database.query('select 1 from entries where user_id = $1', [id])).toEqual([]);
  });

  it('is ignored with a query, and checked after the credential', async ({ server }) => {
    expect((await send(server, ViewerKindDocument, '')).data).toEqual({ viewer: { kind: 'APP' } });
    const { status } = await post(server, { query: print(LogOutDocument) }, { 'idempotency-key': 'a' });
    expect(status).toBe(401);
  });
});

const amount = (id: string) => `{ user: { id: "${id}" }, points: 3 }`;
const add = (id: string) => `{ add: ${amount(id)} }`;

function expectBadRequest({ status, data, errors }: Awaited<ReturnType<typeof send>>): void {
  expect({ status, data }).toEqual({ status: 400, data: undefined });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
}
