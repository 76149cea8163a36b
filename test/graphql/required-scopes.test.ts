import { describe, expect } from 'vitest';
import { circles } from '../http/hostile-request.js';
import { RequiredScopesDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { TestServer } from '../support/server.js';

describe('Query.requiredScopes', () => {
  const ask = (server: TestServer, document: string, operationName?: string) =>
    server.send(undefined, RequiredScopesDocument, { document, operationName });

  it('returns without a credential what an operation requires, each coordinate once', async ({ server }) => {
    const { data } = await ask(
      server,
      `mutation Pay($user: UserBy!) {
      spendPoints(input: { user: $user, points: 3 }) { points }
      again: spendPoints(input: { user: $user, points: 4 }) { user { points } }
      addPoints(input: { user: $user, points: 1 }) { replayed }
    }`,
    );
    expect(data.requiredScopes.scopes).toEqual(['POINTS_READ', 'POINTS_ADD', 'POINTS_SPEND']);
    const fields = data.requiredScopes.fields.filter((field) => !field.public);
    expect(fields).toEqual([
      { coordinate: 'Mutation.spendPoints', scopes: ['POINTS_SPEND'], ownerAllowed: true, public: false },
      { coordinate: 'User.points', scopes: ['POINTS_READ'], ownerAllowed: true, public: false },
      { coordinate: 'Mutation.addPoints', scopes: ['POINTS_ADD'], ownerAllowed: false, public: false },
    ]);
  });

  it('returns the scopes of one operation, which has to be named among several', async ({ server }) => {
    const document = 'query One { users { nodes { id } } } query Two { posts { nodes { id } } }';
    expect((await ask(server, document, 'Two')).data.requiredScopes.scopes).toEqual(['POSTS_READ']);
    for (const name of [undefined, 'Three']) {
      expect((await ask(server, document, name)).errors?.[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'operationName',
      });
    }
  });

  it.for([
    [
      'two aliases',
      '{ a: requiredScopes(document: "{ viewer { kind } }") { scopes } b: requiredScopes(document: "") { scopes } }',
    ],
    [
      'a fragment and an alias',
      '{ ...A b: requiredScopes(document: "") { scopes } } fragment A on Query { ... { requiredScopes(document: "") { scopes } } }',
    ],
  ] as const)('is allowed once per operation: with %s nothing runs', async ([_how, query], { server }) => {
    const { status, data, errors } = await server.send(undefined, query);
    expect({ status, data }).toEqual({ status: 400, data: undefined });
    expect(errors).toMatchObject([
      {
        message: 'The operation selects `requiredScopes` 2 times; it is allowed once per operation.',
        extensions: { code: 'OPERATION_TOO_COMPLEX' },
      },
    ]);
  });

  it('is allowed in two fragments that select it under one key', async ({ server }) => {
    const select = (field: string) => `requiredScopes(document: "{ users { totalCount } }") { ${field} }`;
    const query = `{ ...A ${select('scopes')} } fragment A on Query { ${select('fields { coordinate }')} }`;
    const { data } = await server.send(undefined, query);
    expect(data.requiredScopes).toMatchObject({ scopes: ['USERS_READ'], fields: [{}, {}] });
  });

  it.for([
    [
      'bytes',
      '{ viewer { kind } }'.padEnd(65_537, '#\n'),
      'has 65537 bytes, comments and white space included; at most 65536',
    ],
    ['brackets', `{ user(by: ${'['.repeat(1_990)}`, 'more than 200 brackets inside one another'],
    [
      'tokens, with those of the operation that asks',
      `{ ${'viewer { kind } '.repeat(491)} }`,
      'has more than 1964 tokens; at most 1964 are allowed. Those of the operation that asks count too.',
    ],
  ] as const)(
    'refuses a document of too many %s, and says how many are allowed',
    async ([_what, document, message], { server }) => {
      const { status, errors } = await ask(server, document);
      expect(status).toBe(200);
      expect(errors).toMatchObject([
        { message: expect.stringContaining(message), extensions: { code: 'BAD_USER_INPUT', field: 'document' } },
      ]);
    },
  );

  it.for([
    ['in a list', (text: string) => `[${JSON.stringify(text)}, "{ viewer { kind } }"]`],
    ['alone', (text: string) => `# one\n ${JSON.stringify(text)}`],
    ['as a block', (text: string) => `["""${text}"""]`],
    ['in a document of their own', (text: string) => JSON.stringify(issueFor(JSON.stringify(text)))],
  ] as const)('counts the tokens of documents that a token is given %s', async ([_how, documents], { server }) => {
    const asked = async (fields: number) =>
      await ask(server, issueFor(documents(`{ ${'viewer { kind } '.repeat(fields)} }`)));
    expect((await asked(400)).data.requiredScopes.scopes).toEqual(['TOKENS_ISSUE']);
    const { data, errors } = await asked(490);
    expect(data).toEqual({ requiredScopes: null });
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('those that it gives to tokens have more than 1964 tokens together'),
        extensions: { code: 'BAD_USER_INPUT', field: 'document' },
      },
    ]);
  });

  it('counts 50 more for each of many documents, and no other text', async ({ server }) => {
    const asked = async (count: number) => {
      const texts = Array.from({ length: count }, (_, n) => JSON.stringify(`query Q${n} { users { totalCount } }`));
      return await ask(server, issueFor(`[${texts}]`));
    };
    expect((await asked(30)).data.requiredScopes.scopes).toEqual(['USERS_READ', 'TOKENS_ISSUE']);
    expect((await asked(40)).errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'document' });
    const note = JSON.stringify('a word '.repeat(2_000));
    const { data } = await ask(
      server,
      `mutation { addPoints(input: { user: { id: "1" }, points: 1, reason: ${note} }) { points } }`,
    );
    expect(data.requiredScopes.scopes).toEqual(['POINTS_ADD']);
  });

  it.for([
    ['is not GraphQL', '{'],
    ['is not of this schema', '{ nothing }'],
    ['has fragments in circles', circles()],
    ['is too large', `{ ${'viewer { kind } '.repeat(600)} }`],
  ] as const)('refuses a document that %s', async ([_what, document], { server }) => {
    const response = await ask(server, document);
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'document' });
  });
});

/** @param documents as they stand in the text. */
function issueFor(documents: string): string {
  return `mutation { issueToken(input: { name: "narrow", documents # some\n : ${documents} }) { secret } }`;
}
