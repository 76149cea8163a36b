import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../server.js';

const REQUIRED_SCOPES = /* GraphQL */ `
  query ($document: String!, $operationName: String) {
    requiredScopes(document: $document, operationName: $operationName) {
      scopes
      fields { coordinate scopes ownerAllowed public }
    }
  }
`;

describe('Query.requiredScopes', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());
  const ask = (document: string, operationName?: string) =>
    server.send(undefined, REQUIRED_SCOPES, { document, operationName });

  it('says without a credential what an operation needs, each coordinate once', async () => {
    const { data } = await ask(`mutation Pay($user: UserBy!) {
      spendPoints(input: { user: $user, points: 3 }) { points }
      again: spendPoints(input: { user: $user, points: 4 }) { user { points } }
      addPoints(input: { user: $user, points: 1 }) { replayed }
    }`);
    expect(data.requiredScopes.scopes).toEqual(['POINTS_READ', 'POINTS_ADD', 'POINTS_SPEND']);
    const fields = data.requiredScopes.fields.filter((field: { public: boolean }) => !field.public);
    expect(fields).toEqual([
      { coordinate: 'Mutation.spendPoints', scopes: ['POINTS_SPEND'], ownerAllowed: true, public: false },
      { coordinate: 'User.points', scopes: ['POINTS_READ'], ownerAllowed: true, public: false },
      { coordinate: 'Mutation.addPoints', scopes: ['POINTS_ADD'], ownerAllowed: false, public: false },
    ]);
  });

  it('asks for one operation out of several', async () => {
    const document = 'query One { users { nodes { id } } } query Two { posts { nodes { id } } }';
    expect((await ask(document, 'Two')).data.requiredScopes.scopes).toEqual(['POSTS_READ']);
    for (const name of [undefined, 'Three']) {
      expect((await ask(document, name)).errors?.[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'operationName',
      });
    }
  });

  it.each([
    ['is not GraphQL', '{'],
    ['is not of this schema', '{ nothing }'],
    ['is too large', `{ ${'viewer { kind } '.repeat(600)} }`],
  ])('refuses a document that %s', async (_what, document) => {
    const answer = await ask(document);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'document' });
  });
});
