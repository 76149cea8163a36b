import { describe, expect } from 'vitest';
import { CreatePostDocument, PostBodiesDocument } from '../operations/generated.js';
import type { LoggedIn } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const MAX_BYTES = 1_000_000;

/** 20,000 characters of four bytes each. */
const LONGEST_BODY = '\u{1f600}'.repeat(20_000);

const POSTS = 20;

let session: LoggedIn;
const it = itWith({ LIMIT_RESPONSE_BYTES: String(MAX_BYTES) });
it.beforeAll(async ({ server }) => {
  session = await server.session();
  for (let count = 0; count < POSTS; count++) {
    const input = { title: 'long', body: LONGEST_BODY };
    expect((await server.send(session, CreatePostDocument, { input })).errors).toBeUndefined();
  }
});

const sizeOf = (response: object) => Buffer.byteLength(JSON.stringify(response));

describe('A response', () => {
  it('contains long texts up to its limit', async ({ server }) => {
    const { data, errors } = await server.send(session, PostBodiesDocument, { first: 10 });
    expect(errors).toBeUndefined();
    expect(data.posts.nodes.map(({ body }) => body)).toEqual(Array(10).fill(LONGEST_BODY));
  });

  it.for([
    ['one list', '{ posts(first: 20) { nodes { body } } }'],
    [
      'lists of authors',
      '{ viewer { user { posts(first: 2) { nodes { author { posts(first: 20) { edges { node { body } } } } } } } } }',
    ],
    [
      'many aliases of one list',
      `{ ${Array.from({ length: 10 }, (_, n) => `a${n}: posts(first: 5) { nodes { ...P } }`).join(' ')} } fragment P on Post { body }`,
    ],
    [
      'many aliases of one text',
      `{ posts(first: 1) { nodes { ${Array.from({ length: 30 }, (_, n) => `a${n}: body`).join(' ')} } } }`,
    ],
  ] as const)('beyond its limit is refused: %s', async ([_what, query], { server }) => {
    const response = await server.send(session, query);
    expect(response.errors?.map(({ extensions }) => extensions['code'])).toContain('OPERATION_TOO_COMPLEX');
    expect(response.errors?.[0]?.message).toContain(`more than ${MAX_BYTES} bytes`);
    expect(sizeOf(response)).toBeLessThan(1.5 * MAX_BYTES);
  });

  it('does not count bodies that are not selected', async ({ server }) => {
    const query = '{ posts(first: 10) { nodes { title createdAt author { posts(first: 1) { nodes { body } } } } } }';
    const { errors } = await server.send(session, query);
    expect(errors).toBeUndefined();
  });
});

describe('An operation', () => {
  it('may verify at most five passwords', async ({ server }) => {
    const logIn = (n: number) => `a${n}: logIn(input: { username: "alice", password: "wrong horse" }) { expiresIn }`;
    const send = (count: number) =>
      server.send(undefined, `mutation { ${Array.from({ length: count }, (_, n) => logIn(n)).join(' ')} }`);
    const refused = await send(6);
    expect(refused.errors?.map(({ extensions }) => extensions['code'])).toEqual(['OPERATION_TOO_COMPLEX']);
    expect((await send(5)).errors?.map(({ extensions }) => extensions['code'])).not.toContain('OPERATION_TOO_COMPLEX');
  });
});
