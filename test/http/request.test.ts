import { describe, expect } from 'vitest';
import { exchange, get, MEDIA_TYPES, post, read } from '../support/http.js';
import type { IssuedToken } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const QUERY = '{ __typename }';
const DATA = { __typename: 'Query' };

let token: IssuedToken;
const it = itWith({ LIMIT_BODY_BYTES: '10000' });
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

describe.each(MEDIA_TYPES)('A request that accepts %s', (accept) => {
  it('gets a response of this type', async ({ server }) => {
    const { status, headers, data } = await post(server, { query: QUERY }, { accept });
    expect({ status, data }).toEqual({ status: 200, data: DATA });
    expect(headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
  });

  it('gets a response that must not be stored', async ({ server }) => {
    for (const body of [{ query: QUERY }, { query: '{' }, { query: '{ viewer { kind } }' }, []]) {
      const { headers } = await post(server, body, { accept });
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it.for([
    ['is no JSON', '{"query":'],
    ['is empty', ''],
    ['is null', 'null'],
    ['is a batch', JSON.stringify([{ query: QUERY }, { query: QUERY }])],
    ['is an empty batch', '[]'],
    ['is a string', JSON.stringify(QUERY)],
    ['has no query', '{}'],
    ['has an empty query', JSON.stringify({ query: '' })],
    ['has a query that is no string', JSON.stringify({ query: { kind: 'Document' } })],
    ['has an operation name that is no string', JSON.stringify({ query: QUERY, operationName: 1 })],
    ['has variables that are a list', JSON.stringify({ query: QUERY, variables: [1] })],
    ['has variables that are JSON in a string', JSON.stringify({ query: QUERY, variables: '{}' })],
    ['has extensions that are a number', JSON.stringify({ query: QUERY, extensions: 7 })],
    ['has variables with the name __proto__', '{"query":"{ __typename }","variables":{"__proto__":{"x":1}}}'],
  ] as const)('is refused where the body %s: 400 BAD_REQUEST', async ([_case, body], { server }) => {
    const { status, headers, data, errors } = await post(server, body, { accept });
    expect({ status, data }).toEqual({ status: 400, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    expect(headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
  });

  it.for(['operationName', 'variables', 'extensions'])(
    'may leave %s empty, over POST and over GET',
    async (name, { server }) => {
      expect(await post(server, { query: QUERY, [name]: '' }, { accept })).toMatchObject({ status: 200, data: DATA });
      expect(await get(server, { query: QUERY, [name]: '' }, { accept })).toMatchObject({ status: 200, data: DATA });
    },
  );

  it.for([
    'charset=utf-8',
    'charset=UTF-8',
    'charset=utf8',
    'Charset="Utf8"',
    'charset=us-ascii',
    'charset="US-ASCII"',
    'charset=ASCII',
    'charset=',
    'profile="a;charset=utf-16"',
  ])('may be sent as application/json; %s', async (parameter, { server }) => {
    const type = `application/json; ${parameter}`;
    const { status, data } = await post(server, { query: QUERY }, { accept, 'content-type': type });
    expect({ status, data }).toEqual({ status: 200, data: DATA });
  });

  it('may name its media type in any case', async ({ server }) => {
    const { status } = await post(
      server,
      { query: QUERY },
      { accept, 'content-type': 'Application/JSON;CHARSET=Utf-8' },
    );
    expect(status).toBe(200);
  });

  it('may name the content coding identity in any case', async ({ server }) => {
    const { status } = await post(server, { query: QUERY }, { accept, 'content-encoding': 'Identity' });
    expect(status).toBe(200);
  });

  it('may leave its other parameters null', async ({ server }) => {
    const body = { query: QUERY, variables: null, operationName: null, extensions: null };
    expect(await post(server, body, { accept })).toMatchObject({ status: 200, data: DATA });
  });

  it('is refused where the body is too large: 413 PAYLOAD_TOO_LARGE', async ({ server }) => {
    const { status, errors } = await post(server, { query: `# ${'x'.repeat(10_000)}\n${QUERY}` }, { accept });
    expect(status).toBe(413);
    expect(errors).toMatchObject([{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }]);
  });

  it.for([
    ['application/x-www-form-urlencoded', 'query=%7B__typename%7D'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n{__typename}\r\n--x--',
    ],
    ['text/plain', JSON.stringify({ query: QUERY })],
    ['application/graphql', QUERY],
    ['application/jsonp', JSON.stringify({ query: QUERY })],
    ['application/json; charset=utf-16', JSON.stringify({ query: QUERY })],
    ['application/json; charset=iso-8859-1', JSON.stringify({ query: QUERY })],
    ['application/json; charset=nothing', JSON.stringify({ query: QUERY })],
  ] as const)('is refused where it is sent as %s: 415 UNSUPPORTED_MEDIA_TYPE', async ([type, body], { server }) => {
    const { status, errors } = await post(server, body, { accept, 'content-type': type });
    expect(status).toBe(415);
    expect(errors).toMatchObject([{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }]);
  });

  it('is refused where it is compressed: 415 UNSUPPORTED_MEDIA_TYPE', async ({ server }) => {
    const { status } = await post(server, { query: QUERY }, { accept, 'content-encoding': 'gzip' });
    expect(status).toBe(415);
    const body = JSON.stringify({ query: QUERY });
    const head = ['POST /graphql HTTP/1.1', 'host: scrip', 'content-type: application/json', 'connection: close'];
    const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    expect(await exchange(server, [...head, 'transfer-encoding: chunked'], chunked)).toMatch(/^HTTP\/1.1 200 /);
    expect(await exchange(server, [...head, 'transfer-encoding: gzip, chunked'], chunked)).toMatch(/^HTTP\/1.1 415 /);
  });

  it.for([
    ['Latin-1', [0xe9]],
    ['a sequence that ends too early', [0xe2, 0x82]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['an overlong sequence', [0xc1, 0x81]],
  ] as const)('is refused where its bytes are not UTF-8: %s', async ([, bytes], { server }) => {
    const send = async (value: Uint8Array) => {
      const parts = [Buffer.from('{"query":"{ __typename }","variables":{"a":"'), value, Buffer.from('"}}')];
      const headers = { accept, 'content-type': 'application/json' };
      return await read(await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: Buffer.concat(parts) }));
    };
    expect(await send(Buffer.from('é'))).toMatchObject({ status: 200, errors: undefined });
    expect(await send(Buffer.from(bytes))).toMatchObject({
      status: 415,
      errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }],
    });
  });

  it('may use GET, without further headers', async ({ server }) => {
    const parameters = {
      query: 'query Q($id: ID!) { user(by: { id: $id }) { username } } query R { __typename }',
      operationName: 'Q',
      variables: JSON.stringify({ id: token.owner.id }),
    };
    const { status, data } = await get(server, parameters, { accept, authorization: `Bearer ${token.secret}` });
    expect({ status, data }).toEqual({ status: 200, data: { user: { username: token.owner.username } } });
  });

  it('runs no mutation over GET: 405 METHOD_NOT_ALLOWED', async ({ server }) => {
    const query = 'mutation { createUser(input: { username: "by-get" }) { user { id } } }';
    const { status, headers, data, errors } = await get(
      server,
      { query },
      { accept, authorization: `Bearer ${token.secret}` },
    );
    expect({ status, data }).toEqual({ status: 405, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'METHOD_NOT_ALLOWED' } }]);
    expect(headers.get('allow')).toBe('POST');
    expect(await server.database.query(`select 1 from users where username = 'by-get'`)).toEqual([]);
  });

  it.for([
    ['has no query', ''],
    ['has a query twice', 'query=%7B__typename%7D&query=%7B__typename%7D'],
    ['has variables that are no JSON', 'query=%7B__typename%7D&variables=%7B'],
    ['has variables that are a list', 'query=%7B__typename%7D&variables=[]'],
  ] as const)('is refused over GET where the query string %s: 400 BAD_REQUEST', async ([_case, search], { server }) => {
    const { status, errors } = await read(await fetch(`${server.url}/graphql?${search}`, { headers: { accept } }));
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  });

  it.for(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])(
    'is refused with the method %s: 405 METHOD_NOT_ALLOWED',
    async (method, { server }) => {
      const response = await exchange(server, [
        `${method} /graphql?query={__typename} HTTP/1.1`,
        'host: scrip',
        `accept: ${accept}`,
        'connection: close',
      ]);
      expect(response).toMatch(/^HTTP\/1\.1 405 /);
      expect(response).toContain('allow: GET, POST');
      expect(response).toContain('"code":"METHOD_NOT_ALLOWED"');
      expect(response).toContain(`content-type: ${accept}`);
    },
  );

  it('is refused at other paths: 404 NOT_FOUND', async ({ server }) => {
    const { status, errors } = await read(await fetch(`${server.url}/graphq`, { headers: { accept } }));
    expect(status).toBe(404);
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });
});

describe('The media type of a response', () => {
  it.for([
    ['nothing', undefined, 'application/json'],
    ['anything', '*/*', 'application/json'],
    ['any application/*', 'application/*', 'application/json'],
    ['the first of two', 'application/graphql-response+json, application/json', 'application/graphql-response+json'],
    [
      'the type with the highest weight',
      'application/json;q=0.5, application/graphql-response+json;q=0.9',
      'application/graphql-response+json',
    ],
    ['the type that is not excluded', 'application/json;q=0, */*', 'application/graphql-response+json'],
    ['JSON in UTF-8', 'application/json; charset=utf-8', 'application/json'],
    ['JSON after a page', 'text/html, application/json;q=0.1', 'application/json'],
    ['an empty header', '', 'application/json'],
    ['a lone asterisk', '*', 'application/json'],
    ['the default of Java', 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', 'application/json'],
    ['any case', 'Application/GraphQL-Response+JSON', 'application/graphql-response+json'],
    [
      'the weight of the more specific range',
      'application/*;q=0.1, application/json;q=0',
      'application/graphql-response+json',
    ],
    [
      'a weight behind another parameter',
      'application/json;profile="a,b";q=0, */*',
      'application/graphql-response+json',
    ],
    ['parameters that neither type has', 'application/json;odata=verbose', 'application/json'],
  ] as const)('follows the Accept header: %s', async ([_case, accept, type], { server }) => {
    const { status, headers } = await post(server, { query: QUERY }, accept === undefined ? {} : { accept });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe(`${type}; charset=utf-8`);
  });

  it.for([
    'text/html',
    'image/png',
    'application/xml;q=0.9',
    'application/json;q=0',
    '*/*;q=0',
    'application/json;q=x',
  ])('cannot be %s: 406 NOT_ACCEPTABLE, and nothing runs', async (accept, { server }) => {
    const query = 'mutation { createUser(input: { username: "unacceptable" }) { user { id } } }';
    const { status, data, errors } = await post(server, { query }, { accept, authorization: `Bearer ${token.secret}` });
    expect({ status, data }).toEqual({ status: 406, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_ACCEPTABLE' } }]);
    expect(await server.database.query(`select 1 from users where username = 'unacceptable'`)).toEqual([]);
  });
});
