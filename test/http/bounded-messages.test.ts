import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { post } from '../support/http.js';
import { openSocket } from '../support/socket.js';

const LONG = 'x'.repeat(400_000);
const LOG_IN = 'mutation ($input: CredentialsInput!) { logIn(input: $input) { expiresIn } }';

/** Requests whose errors quote what the client sent. */
const QUOTED = [
  { name: 'an operationName', body: { query: '{ __typename }', operationName: LONG } },
  { name: 'an operationName of many words', body: { query: '{ __typename }', operationName: 'x '.repeat(200_000) } },
  { name: 'an operationName of emoji', body: { query: '{ __typename }', operationName: `x${'😀'.repeat(200_000)}` } },
  {
    name: 'the fields of an input',
    body: { query: LOG_IN, variables: { input: { username: 'u', password: 'p', [LONG]: 1 } } },
  },
  { name: 'the name of a field', body: { query: `{ ${'a'.repeat(60_000)} }` } },
  { name: 'the name of a variable', body: { query: `query { users(first: $${'v'.repeat(60_000)}) { totalCount } }` } },
];

describe('The message of an error', () => {
  const expectBounded = (errors: readonly { readonly message: string }[] = []) => {
    expect(errors).not.toEqual([]);
    for (const { message } of errors) {
      expect(message.length).toBeLessThanOrEqual(1_001);
      expect(message).toContain('…');
      expect(message.isWellFormed()).toBe(true);
    }
  };

  it.for(QUOTED)('quotes the beginning of $name that is too long, over HTTP', async ({ body }, { server }) => {
    expectBounded((await post(server, body)).errors);
  });

  it.for(QUOTED)('quotes the beginning of $name that is too long, over WebSocket', async ({ body }, { server }) => {
    const socket = await openSocket(server);
    await socket.init();
    socket.send({ type: 'subscribe', id: '1', payload: body });
    const { payload } = (await socket.next()) ?? {};
    expectBounded(payload);
    socket.socket.close();
  });

  it('keeps the text after a name that is too long', async ({ server }) => {
    const { errors } = await post(server, { query: `{ ${'a'.repeat(60_000)} }` });
    expect(errors?.[0]?.message).toMatch(/^Cannot query field "a{99}… on type "Query"\.$/);
  });
});
