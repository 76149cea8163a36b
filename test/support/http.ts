import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { bodyOf, expectNoSecrets } from './leaks.js';
import type { TestResponse, TestServer } from './server.js';

/** The two forms of a GraphQL response. */
export const MEDIA_TYPES = ['application/graphql-response+json', 'application/json'] as const;

/** Sends a body to /graphql, as JSON unless it is text. */
export async function post(
  server: Pick<TestServer, 'url'>,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  return await read(
    await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : bodyOf(body),
    }),
  );
}

/** Sends an operation by GET. */
export async function get(
  server: TestServer,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  return await read(await fetch(`${server.url}/graphql?${new URLSearchParams(parameters)}`, { headers }));
}

/** Reads a GraphQL response, whose errors and headers tell no secret. */
export async function read(response: Response): Promise<TestResponse> {
  const body = (await response.json()) as Pick<TestResponse, 'data' | 'errors' | 'extensions'>;
  const { data, errors, extensions } = body;
  expectNoSecrets([errors, extensions, ...response.headers]);
  return { status: response.status, headers: response.headers, data, errors, extensions };
}

/** A connection on which a test writes HTTP by hand. */
export async function open(server: TestServer): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  await once(socket, 'connect');
  return socket;
}

/** Sends lines as one request; returns what comes back until the server closes the connection. */
export async function exchange(server: TestServer, lines: readonly string[], body = ''): Promise<string> {
  const socket = await open(server);
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  return await allOf(socket);
}

/** Everything that still comes on a connection, until it ends. */
export async function allOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}
