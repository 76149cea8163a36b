import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { formatDocument } from '@urql/core';
import { type DocumentNode, parse, print } from 'graphql';
import { describe, expect } from 'vitest';
import * as pages from '../../src/web/generated.js';
import { it as itWithout } from '../support/fixtures.js';
import { get, MEDIA_TYPES, post } from '../support/http.js';
import type { IssuedToken } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';

const SPEND = `mutation Spend($input: SpendPointsInput!) {
  spendPoints(input: $input) { points user { ...Named } entry { ...Line } }
}`;
const NAMED = 'fragment Named on User { username }';
const LINE = 'fragment Line on PointsEntry { delta }';
const ADD = 'mutation Add($input: AddPointsInput!) { addPoints(input: $input) { points } }';
const FOLLOW = 'subscription Follow($user: UserBy!) { pointsChanged(user: $user, after: 0) { delta } }';
const USERS = 'query Users { users(first: 1) { totalCount } }';
const VIEWER = 'query Viewer { viewer { kind } }';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const byHash = { [`sha256:${hash(ADD)}`]: ADD, [hash(FOLLOW)]: FOLLOW };
const manifest = {
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [{ id: 'a-name', name: 'Users', type: 'query', body: USERS }],
};

const itWithDocuments = itWith(async (after) => {
  const directory = await mkdtemp(join(tmpdir(), 'scrip-documents-'));
  after(() => rm(directory, { recursive: true }));
  const files = {
    'app/spend.graphql': `${SPEND}\n${LINE}`,
    'app/users/named.GQL': NAMED,
    'app/schema.graphql': 'type Query { theirs: Int }',
    'app/node_modules/theirs/bad.graphql': '{ theirs }',
    'app/later.graphql': '# query Later { users { totalCount } }',
    'one.graphql': VIEWER,
    'app.json': JSON.stringify(byHash),
    'apollo.json': JSON.stringify(manifest),
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  const paths = ['app', 'one.graphql', 'app.json', 'apollo.json'].map((name) => join(directory, name));
  return { TRUSTED_DOCUMENTS: paths.join(', ') };
});

describe('Trusted documents', () => {
  const it = itWithDocuments;
  let token: IssuedToken;
  it.beforeAll(async ({ server }) => {
    token = await server.everything();
  });
  const as = ({ secret }: IssuedToken) => ({ authorization: `Bearer ${secret}` });
  const add = { input: { user: { username: '' }, points: 5 } };

  it.for([
    ['as it is listed', `${SPEND}\n${NAMED}\n${LINE}`],
    ['with its fragments in another order', `${LINE} ${NAMED} ${SPEND}`],
    ['with other white space and comments', `${SPEND} ${NAMED} # who\n${LINE}`.replace(/[ \n]+(?!who)/g, ' ,\n ')],
    [
      'with the __typename fields that a cache adds',
      `${SPEND} ${NAMED} ${LINE}`.replace('{ points', '{ __typename points').replaceAll(' }', ' __typename }'),
    ],
    ['together with another listed one', `${VIEWER} ${SPEND} ${NAMED} ${LINE}`],
  ])('run an operation that is sent %s', async ([_how, query], { server }) => {
    const { id, username } = await server.user();
    await server.send(token, ADD, { input: { user: { id }, points: 5 } });
    const variables = { input: { user: { id }, points: 3 } };
    for (const points of [2, -1]) {
      const { status, data, errors } = await post(server, { query, variables, operationName: 'Spend' }, as(token));
      expect(status).toBe(200);
      if (points < 0) expect(errors?.[0]?.extensions['code']).toBe('INSUFFICIENT_POINTS');
      else expect(data.spendPoints).toMatchObject({ points, user: { username }, entry: { delta: -3 } });
    }
  });

  describe.each(MEDIA_TYPES)('for a client that takes %s', (accept) => {
    it.for([
      ['is not listed', '{ __typename }'],
      ['explores the schema', '{ __schema { queryType { name } } }'],
      ['has one field more', VIEWER.replace('kind', 'kind scopes')],
      ['has one argument more', USERS.replace('first: 1', 'first: 1, after: null')],
      ['renames a field', VIEWER.replace('kind', 'what: kind')],
      ['renames the name of a type', VIEWER.replace('kind', 'kind type: __typename')],
      ['has another name', VIEWER.replace('Viewer', 'Other')],
      ['contains another that is not listed', `${VIEWER} query Other { users { totalCount } }`],
      ['contains another operation of its name', `query Viewer { users { totalCount } } ${VIEWER}`],
      ['is no GraphQL', '{'],
      ['is too long', `{ ${'a '.repeat(3_000)} }`],
      ['holds no operation', NAMED],
    ])('refuse what %s: 403 DOCUMENT_NOT_TRUSTED', async ([_what, query], { server }) => {
      const { status, data, errors } = await post(server, { query }, { ...as(token), accept });
      expect({ status, data }).toEqual({ status: 403, data: undefined });
      expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'DOCUMENT_NOT_TRUSTED' }]);
      expect(errors?.[0]?.message).toContain('TRUSTED_DOCUMENTS');
    });
  });

  it.for([
    ['as it is listed', { documentId: `sha256:${hash(ADD)}` }],
    ['without the prefix', { documentId: hash(ADD) }],
    ['as Apollo Client does', { extensions: { persistedQuery: { version: 1, sha256Hash: hash(ADD) } } }],
  ] as const)('run an operation that is named by its id, %s', async ([_how, named], { server }) => {
    const { id } = await server.user();
    const body = { ...named, variables: { input: { user: { id }, points: 5 } } };
    expect((await post(server, body, as(token))).data).toEqual({ addPoints: { points: 5 } });
  });

  it('run a query that is named by its id over GET, and no mutation', async ({ server }) => {
    expect((await get(server, { documentId: 'a-name' }, as(token))).data.users.totalCount).toBeGreaterThan(0);
    const { status } = await get(server, { documentId: hash(ADD), variables: JSON.stringify(add) }, as(token));
    expect(status).toBe(405);
  });

  it('are found by the text where a request has both a text and an id', async ({ server }) => {
    const { status, errors } = await post(server, { query: '{ __typename }', documentId: 'a-name' }, as(token));
    expect({ status, code: errors?.[0]?.extensions['code'] }).toEqual({ status: 403, code: 'DOCUMENT_NOT_TRUSTED' });
  });

  it('refuse an id that is not listed: 403 DOCUMENT_NOT_TRUSTED', async ({ server }) => {
    const { status, errors } = await post(server, { documentId: hash(SPEND) }, as(token));
    expect({ status, code: errors?.[0]?.extensions['code'] }).toEqual({ status: 403, code: 'DOCUMENT_NOT_TRUSTED' });
    expect(errors?.[0]?.message).toContain('id');
  });

  it('give no rights: a listed operation is denied like any other', async ({ server }) => {
    const narrow = await server.token(['points:read']);
    const denied = await server.send(narrow, ADD, add);
    expect(denied.status).toBe(403);
    expect(denied.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', missingScopes: ['POINTS_ADD'] });
    expect((await server.send('scrip_app_nonsense', '{ __typename }')).status).toBe(401);
  });

  it('run with a token that has documents only where they are among these', async ({ server }) => {
    const narrow = await server.token(['users:read', 'points:add'], undefined, { documents: [USERS] });
    expect((await post(server, { documentId: 'a-name' }, as(narrow))).data.users.totalCount).toBeGreaterThan(0);
    const persistedQuery = { version: 1, sha256Hash: hash(ADD) };
    for (const named of [{ documentId: hash(ADD) }, { extensions: { persistedQuery } }, { query: ADD }]) {
      const { status, data, errors } = await post(server, { ...named, variables: add }, as(narrow));
      expect({ status, data }).toEqual({ status: 403, data: undefined });
      expect(errors?.map(({ extensions }) => extensions)).toEqual([
        { code: 'FORBIDDEN', reason: 'OPERATION_NOT_ALLOWED' },
      ]);
    }
  });

  it('are the only ones whose scopes are returned, and no error says more of the schema', async ({ server }) => {
    const ask = (document: string) => server.send(undefined, pages.RequiredScopesDocument, { document });
    const { data } = await ask(` ${ADD} # as it is listed`);
    expect(data).toEqual({ requiredScopes: { scopes: ['POINTS_ADD'], anyScopes: [] } });
    const unlisted = ['{ viewer { kind } }', 'mutation { issueTokn { secret } }', '{ user(bi: 1) { id } }', '{', ''];
    for (const document of unlisted) {
      const { data, errors } = await ask(document);
      expect(data).toEqual({ requiredScopes: null });
      expect(errors).toMatchObject([
        {
          message: 'This server runs listed documents only, and this one is not listed.',
          extensions: { code: 'BAD_USER_INPUT', field: 'document' },
        },
      ]);
    }
  });

  it('run over WebSocket, by text and by id, and no others do', async ({ server }) => {
    const { id } = await server.user();
    await server.send(token, ADD, { input: { user: { id }, points: 5 } });
    const socket = await openSocket(server);
    await socket.init(token);
    for (const query of ['subscription { pointsChanged { delta } }', '{ __typename }']) {
      socket.subscribe('1', query);
      expect(await socket.next()).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }],
      });
    }
    for (const document of [{ query: FOLLOW }, { query: '', documentId: hash(FOLLOW) }]) {
      socket.send({ type: 'subscribe', id: '2', payload: { ...document, variables: { user: { id } } } });
      expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { pointsChanged: { delta: 5 } } } });
      socket.send({ type: 'complete', id: '2' });
    }
    socket.socket.close();
  });

  it('include the operations of the web pages', async ({ server }) => {
    const documents = Object.values(pages).filter(({ definitions: [first] }) => first?.kind === 'OperationDefinition');
    expect(documents.length).toBeGreaterThan(20);
    for (const document of documents) {
      // Safe: it is a document as before, with more fields.
      const query = print(formatDocument(document) as DocumentNode);
      expect(query).toContain('__typename');
      const { errors } = await server.send(undefined, query);
      expect(errors?.[0]?.extensions['code']).not.toBe('DOCUMENT_NOT_TRUSTED');
    }
  });
});

describe('Without trusted documents', () => {
  const it = itWithout;

  const persisted = { persistedQuery: { version: 1, sha256Hash: hash(ADD) } };

  it('an id is refused: 403 DOCUMENT_NOT_TRUSTED', async ({ server }) => {
    const { status, errors } = await post(server, { documentId: hash(ADD) });
    expect({ status, code: errors?.[0]?.extensions['code'] }).toEqual({ status: 403, code: 'DOCUMENT_NOT_TRUSTED' });
  });

  it.for([
    ['application/json', 200],
    ['application/graphql-response+json', 400],
  ] as const)(
    'a hash alone is refused with PERSISTED_QUERY_NOT_SUPPORTED, over POST and GET: %s has status %i',
    async ([accept, status], { server }) => {
      const errors = [{ message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }];
      expect(await post(server, { extensions: persisted }, { accept })).toMatchObject({ status, errors });
      expect(await get(server, { extensions: JSON.stringify(persisted) }, { accept })).toMatchObject({
        status,
        errors,
      });
    },
  );

  it('a hash alone is refused with PERSISTED_QUERY_NOT_SUPPORTED over WebSocket', async ({ server }) => {
    const socket = await openSocket(server);
    await socket.init();
    socket.send({ type: 'subscribe', id: '1', payload: { query: '', extensions: persisted } });
    const payload = [{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }];
    expect(await socket.next()).toMatchObject({ type: 'error', payload });
    socket.socket.close();
  });

  it('Apollo Client, which sends hashes first, sends the text instead', async ({ server }) => {
    const token = await server.everything();
    const { id } = await server.user();
    const link = new PersistedQueryLink({ sha256: hash }).concat(
      new HttpLink({ uri: `${server.url}/graphql`, headers: { authorization: `Bearer ${token.secret}` } }),
    );
    const client = new ApolloClient({ cache: new InMemoryCache(), link });
    const added = await client.mutate({ mutation: parse(ADD), variables: { input: { user: { id }, points: 5 } } });
    expect(added.data).toMatchObject({ addPoints: { points: 5 } });
    const viewer = await client.query({ query: parse('{ viewer { kind } }') });
    expect(viewer.data).toMatchObject({ viewer: { kind: 'APP' } });
  });
});
