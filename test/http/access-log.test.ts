import { print } from 'graphql';
import { pino } from 'pino';
import { describe, expect, vi } from 'vitest';
import { redacted } from '../../src/log.js';
import { AddPointsDocument, UserDocument, ViewerKindDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { get, open, post } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';

it.beforeEach(({ server }) => {
  server.log.length = 0;
});

/** The lines about requests; they are written just after the response. */
async function answered(server: TestServer): Promise<Record<string, unknown>[]> {
  return await vi.waitFor(() => {
    const lines = server.log.map((line) => JSON.parse(line)).filter(({ event }) => event === 'request_completed');
    expect(lines).not.toHaveLength(0);
    return lines;
  });
}

describe('The log', () => {
  it('has one line for each request: the operation, the credential and the status', async ({ server }) => {
    const token = await server.token(['users:read']);
    const { headers } = await server.send(token, ViewerKindDocument);
    expect(await answered(server)).toEqual([
      expect.objectContaining({
        level: 30,
        requestId: headers.get('x-request-id'),
        method: 'POST',
        path: '/graphql',
        status: 200,
        durationMs: expect.any(Number),
        operation: 'ViewerKind',
        credential: { kind: 'APP', tokenId: token.id },
      }),
    ]);
  });

  it('names the kind of an operation that has no name', async ({ server }) => {
    await post(server, { query: '{ __typename }' });
    expect(await answered(server)).toMatchObject([{ operation: 'query', credential: { kind: 'ANONYMOUS' } }]);
  });

  it('names the user of a session', async ({ server }) => {
    const session = await server.session();
    await server.send(session, ViewerKindDocument);
    expect(await answered(server)).toMatchObject([{ credential: { kind: 'USER', userId: session.user.id } }]);
  });

  it('has the path without its query string, which holds variables', async ({ server }) => {
    await get(server, { query: print(UserDocument), variables: '{"by":{"id":"private"}}' });
    expect(await answered(server)).toMatchObject([{ path: '/graphql', status: 401 }]);
    expect(server.log.join()).not.toContain('private');
  });

  it('has neither bodies, nor headers, nor secrets', async ({ server }) => {
    const token = await server.token(['points:add']);
    const variables = { input: { user: { username: 'nobody' }, points: 1, reason: 'a private reason' } };
    await server.send(token, AddPointsDocument, variables);
    await server.send(`${token.secret}x`, AddPointsDocument, variables);
    await fetch(`${server.url}/elsewhere?token=${token.secret}`, {
      headers: { authorization: `Basic ${token.secret}` },
    });
    await vi.waitFor(async () => expect(await answered(server)).toHaveLength(3));
    expect(server.log.join()).not.toContain(token.secret);
    expect(server.log.join()).not.toContain('a private reason');
  });

  it('has requests that cannot be parsed', async ({ server }) => {
    await post(server, '{');
    expect(await answered(server)).toMatchObject([{ path: '/graphql', status: 400 }]);
  });

  it('has the status 499 for a client that closed its connection', async ({ server }) => {
    const socket = await open(server);
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: scrip\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    );
    await vi.waitFor(() => expect(socket.bytesWritten).toBeGreaterThan(0));
    socket.destroy();
    expect(await answered(server)).toMatchObject([{ path: '/graphql', status: 499 }]);
  });

  describe('of a client that sends', () => {
    const longest = (server: TestServer) => Math.max(...server.log.map((line) => Buffer.byteLength(line)));

    it('an operation name of 60 KB keeps the first 100 characters of it', async ({ server }) => {
      await post(server, { query: `query ${'x'.repeat(60_000)} { __typename }` });
      expect(await answered(server)).toMatchObject([{ operation: `${'x'.repeat(100)}…` }]);
      expect(longest(server)).toBeLessThan(2_000);
    });

    it('an operation name of 60 KB over WebSocket keeps lines below 2 KB', async ({ server }) => {
      const socket = await openSocket(server);
      await socket.init();
      socket.subscribe('1', `query ${'x'.repeat(60_000)} { __typename }`);
      expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { __typename: 'Query' } } });
      socket.socket.close();
      await vi.waitFor(() => expect(server.log.join()).toContain('websocket_closed'));
      expect(longest(server)).toBeLessThan(2_000);
    });

    it('a path of 15 KB keeps the first 500 characters of it', async ({ server }) => {
      await fetch(`${server.url}/${'p'.repeat(15_000)}`, { headers: { 'user-agent': 'u'.repeat(500) } });
      expect(await answered(server)).toMatchObject([{ path: `/${'p'.repeat(499)}…`, status: 404 }]);
      expect(longest(server)).toBeLessThan(2_000);
    });

    it('an alias of 60 KB is refused, and its line stays below 2 KB', async ({ server }) => {
      const token = await server.token(['posts:read']);
      const { errors } = await server.send(token, `{ ${'a'.repeat(60_000)}: posts { nodes { title } } }`);
      expect(errors?.[0]?.extensions['code']).toBe('OPERATION_TOO_COMPLEX');
      await answered(server);
      expect(longest(server)).toBeLessThan(2_000);
    });

    it('20 aliases of 126 characters on a field that fails unexpectedly keep each line below 8 KB', async ({
      server,
    }) => {
      const token = await server.token(['posts:read']);
      await server.database.query('alter table posts rename column author_id to lost');
      const aliases = Array.from(
        { length: 20 },
        (_, index) => `${'a'.repeat(124)}${index}: posts(first: 1) { nodes { title } }`,
      );
      const { errors } = await server.send(token, `{ ${aliases.join('\n')} }`);
      await server.database.query('alter table posts rename column lost to author_id');
      expect(errors?.[0]?.extensions['code']).toBe('INTERNAL_SERVER_ERROR');
      await vi.waitFor(() => expect(server.log.join()).toContain('unexpected_error'));
      expect(longest(server)).toBeLessThan(8_000);
    });
  });
});

describe('An error with a long message, and a chain of causes that never ends,', () => {
  it('is logged in a line below 8 KB', () => {
    const error = new Error('\u0001'.repeat(1_000_000));
    error.cause = new Error('"'.repeat(1_000_000), { cause: error });
    const lines: string[] = [];
    redacted(pino({}, { write: (line: string) => lines.push(line) })).error(
      {
        err: error,
        path: Array(100).fill('k'.repeat(500)),
      },
      'failed',
    );
    expect(Buffer.byteLength(lines.join())).toBeLessThan(8_000);
    expect(JSON.parse(lines.join())).toMatchObject({ err: { type: 'Error', truncated: true } });
  });
});
