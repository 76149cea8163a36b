import { parse, print } from 'graphql';
import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { ADD, FOLLOW, issueWith, refusalOf, USERS, VIEWER } from './issue-with-documents.js';

describe('Scopes that follow from documents', () => {
  it('are those that the texts require, and nothing else', async ({ server }) => {
    const { data } = await issueWith(server, { documents: [ADD, FOLLOW] });
    expect(data.issueToken.token.scopes).toEqual(['POINTS_READ', 'POINTS_ADD']);
    const named = await issueWith(server, { documents: [ADD], scopes: ['POINTS_ADD'] });
    expect(named.data.issueToken.token.scopes).toEqual(['POINTS_ADD']);
  });

  it.for([
    ['points:spend', 'POINTS_SPEND'],
    ['points:add', 'POINTS_ADD'],
  ] as const)('are the first that the issuer holds where one is enough: %s', async ([scope, name], { server }) => {
    const issuer = await server.token(['tokens:issue', scope]);
    const text = 'mutation Apply($input: ApplyPointsInput!) { applyPoints(input: $input) { results { __typename } } }';
    const { data, errors } = await issueWith(server, { documents: [text] }, issuer);
    expect(errors).toBeUndefined();
    expect(data.issueToken.token.scopes).toEqual([name]);
  });

  it('are missing up front where the issuer lacks one, in text and in variables', async ({ server }) => {
    const issuer = await server.token(['tokens:issue', 'users:read', 'points:read']);
    const expected = {
      status: 403,
      code: 'FORBIDDEN',
      coordinate: 'IssueTokenInput.documents',
      missingScopes: ['POINTS_ADD'],
      challenge: expect.stringContaining('points:add tokens:issue"'),
      more: 0,
    };
    expect(refusalOf(await issueWith(server, { documents: [ADD, USERS] }, issuer))).toMatchObject(expected);
    const literal = `mutation { issueToken(input: { name: "x", documents: [${JSON.stringify(ADD)}] }) { secret } }`;
    expect(refusalOf(await server.send(issuer, literal))).toMatchObject(expected);
    const { data } = await server.send(
      issuer,
      'query($document: String!) { requiredScopes(document: $document) { scopes } }',
      { document: literal },
    );
    expect(data.requiredScopes.scopes).toEqual(['POINTS_ADD', 'TOKENS_ISSUE']);
    expect(await server.database.query('select 1 from tokens where issued_by_id = $1', [issuer.owner.id])).toEqual([]);
  });

  it('are computed only for those who are allowed all else', async ({ server }) => {
    const outsider = await server.token(['users:read']);
    expect(refusalOf(await issueWith(server, { documents: [ADD] }, outsider))).toMatchObject({
      coordinate: 'Mutation.issueToken',
      requiredScopes: ['TOKENS_ISSUE'],
      more: 0,
    });
  });

  it('must not be none', async ({ server }) => {
    const { errors } = await issueWith(server, { documents: ['{ __typename }'] });
    expect(errors?.[0]).toMatchObject({
      message: 'These documents require no scope. Name at least one in `scopes`.',
      extensions: { code: 'BAD_USER_INPUT', field: 'input.documents' },
    });
    const { errors: empty } = await issueWith(server, { documents: [ADD], scopes: [] });
    expect(empty?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.scopes' });
  });
});

describe('IssueTokenInput.documents', () => {
  const big = (bytes: number) => `query Users { users { totalCount } } # ${'x'.repeat(bytes)}`;

  it.for([
    ['none', [], 'input.documents'],
    ['more than 200', Array.from({ length: 201 }, (_, n) => `query Q${n} { users { totalCount } }`), 'input.documents'],
    ['more than 128 KB together', [1, 2, 3].map((n) => big(44_000 + n)), 'input.documents'],
    ['a text that is too long, after others twice', [USERS, USERS, big(66_000)], 'input.documents.2'],
    ['a text that is too long', [USERS, big(66_000)], 'input.documents.1'],
    ['what is no GraphQL', [USERS, 'query {'], 'input.documents.1'],
    ['an empty text', [''], 'input.documents.0'],
    ['fragments alone', ['fragment F on User { id }'], 'input.documents.0'],
    ['two operations in a text', [`${USERS} ${VIEWER}`], 'input.documents.0'],
    ['a field that does not exist', [USERS, VIEWER, '{ none }'], 'input.documents.2'],
    ['a type definition', ['type T { id: ID }'], 'input.documents.0'],
    ['a field of a session', ['mutation { logOut { __typename } }'], 'input.documents.0'],
    [
      'an operation over the limits',
      [`{ ${Array.from({ length: 51 }, (_, n) => `a${n}: __typename`).join(' ')} }`],
      'input.documents.0',
    ],
  ] as const)('refuses %s, and says where', async ([, documents, field], { server }) => {
    const { status, errors, data } = await issueWith(server, { documents: [...documents], scopes: ['USERS_READ'] });
    expect({ status, data }).toEqual({ status: 200, data: { issueToken: null } });
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field });
    expect(errors?.[0]?.message).toMatch(/^[A-Z].*\.$/s);
  });

  it('counts an operation that is given twice once, takes 200, and null for none', async ({ server }) => {
    const admin = await server.everything();
    const twice = await issueWith(server, { documents: [USERS, `# again\n${print(parse(USERS))}`] }, admin);
    const stored = await server.database.query(
      'select position, text from token_documents where root_id = $1 order by position',
      [twice.data.issueToken.token.id],
    );
    expect(stored).toEqual([{ position: 1, text: USERS }]);
    const documents = Array.from({ length: 200 }, (_, n) => `query Q${n} { users { totalCount } }`);
    const { data } = await issueWith(server, { documents: [...documents, ...documents] }, admin);
    expect((await server.send(data.issueToken.secret, documents[199] ?? '')).status).toBe(200);
    const copies = await issueWith(server, { documents: Array.from({ length: 3 }, () => big(50_000)) }, admin);
    expect(copies.data.issueToken.token.scopes).toEqual(['USERS_READ']);
    const none = await issueWith(server, { documents: null, scopes: ['USERS_READ'] }, admin);
    expect((await server.send(none.data.issueToken.secret, '{ users { totalCount } }')).status).toBe(200);
  });
});
