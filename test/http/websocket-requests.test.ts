import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { post } from '../support/http.js';
import { openSocket } from '../support/socket.js';

const HASH = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };

describe('An operation over WebSocket that is not well-formed', () => {
  it.for([
    ['a hash alone', { extensions: HASH }, 'PERSISTED_QUERY_NOT_SUPPORTED'],
    ['a hash with a query of null', { query: null, extensions: HASH }, 'PERSISTED_QUERY_NOT_SUPPORTED'],
    ['an id alone', { documentId: 'sha256:a' }, 'DOCUMENT_NOT_TRUSTED'],
    ['a query of null', { query: null }, 'BAD_REQUEST'],
    ['a query that is a number', { query: 1 }, 'BAD_REQUEST'],
    ['variables that are a list', { query: '{ __typename }', variables: [] }, 'BAD_REQUEST'],
    ['variables that are text', { query: '{ __typename }', variables: 'x' }, 'BAD_REQUEST'],
    ['extensions that are a list', { query: '{ __typename }', extensions: [] }, 'BAD_REQUEST'],
    ['a name that is a number', { query: '{ __typename }', operationName: 1 }, 'BAD_REQUEST'],
    ['a batch', [{ query: '{ __typename }' }], 'BAD_REQUEST'],
    ['no parameters', {}, 'BAD_REQUEST'],
  ])('gets the error of a POST, and the connection stays open: %s', async ([_what, payload, code], { server }) => {
    const socket = await openSocket(server);
    await socket.init();
    socket.send({ type: 'subscribe', id: 'bad', payload });
    const error = await socket.next();
    expect(error).toMatchObject({ type: 'error', id: 'bad', payload: [{ extensions: { code } }] });
    expect(error?.payload).toEqual((await post(server, payload)).errors);
    socket.subscribe('bad', '{ __typename }');
    expect(await socket.rest()).toEqual([
      { type: 'next', id: 'bad', payload: { data: { __typename: 'Query' } } },
      { type: 'complete', id: 'bad' },
    ]);
    socket.socket.close();
  });

  it.for<[what: string, message: object]>([
    ['without a payload', { type: 'subscribe', id: 'bad' }],
    ['with a payload that is text', { type: 'subscribe', id: 'bad', payload: '{ __typename }' }],
  ])('gets an error, and the connection stays open: %s', async ([_what, message], { server }) => {
    const socket = await openSocket(server);
    await socket.init();
    socket.send(message);
    expect(await socket.next()).toMatchObject({
      type: 'error',
      id: 'bad',
      payload: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.socket.close();
  });

  it.for<[what: string, message: object]>([
    ['no id', { type: 'subscribe', payload: { query: '{ __typename }' } }],
    ['an empty id', { type: 'subscribe', id: '', payload: { query: '{ __typename }' } }],
  ])('closes the connection with %s, since an error could not name it', async ([_what, message], { server }) => {
    const socket = await openSocket(server);
    await socket.init();
    socket.send(message);
    expect(await socket.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
  });
});
