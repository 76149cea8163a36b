import { describe, expect } from 'vitest';
import { TypenameDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { TestServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT_ID = '00f067aa0ba902b7';

describe('The header traceparent', () => {
  it.for([
    `00-${TRACE_ID}-${PARENT_ID}-01`,
    `00-${TRACE_ID}-${PARENT_ID}-00`,
    `cc-${TRACE_ID}-${PARENT_ID}-01-what-a-later-version-adds`,
  ])('gives the log the trace, and an id of its own for the request: %s', async (traceparent, { server }) => {
    expect(await logged(server, traceparent)).toEqual({
      traceId: TRACE_ID,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(server.log.join('\n')).not.toContain(PARENT_ID);
  });

  it.for([
    undefined,
    '',
    'a trace',
    `00-${TRACE_ID.toUpperCase()}-${PARENT_ID}-01`,
    `00-${'0'.repeat(32)}-${PARENT_ID}-01`,
    `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
    `00-${TRACE_ID}-${PARENT_ID}-01-more`,
    `ff-${TRACE_ID}-${PARENT_ID}-01`,
    `00-${TRACE_ID}-${PARENT_ID}-01, 00-${TRACE_ID}-${PARENT_ID}-01`,
    `cc-${TRACE_ID}-${PARENT_ID}-01-${'x'.repeat(1_000)}`,
  ])('is ignored where it is absent or not valid: %s', async (traceparent, { server }) => {
    expect(await logged(server, traceparent)).toEqual({ traceId: undefined, spanId: undefined });
  });
});

describe('The trace of a WebSocket', () => {
  it('is in the log with an unexpected error of each of its operations', async ({ server }) => {
    const owned = '5bf92f3577b34da6a3ce929d0e0e4737';
    const token = await server.token(['posts:read']);
    const socket = await openSocket(server, { headers: { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` } });
    await socket.init(token);
    const query = '{ posts(first: 1) { nodes { title } } }';
    await server.database.query('alter table posts rename column author_id to lost');
    server.log.length = 0;
    for (const id of ['1', '2']) {
      socket.subscribe(id, query);
      await socket.rest();
    }
    const extensions = { traceparent: `00-${owned}-${PARENT_ID}-01` };
    socket.send({ type: 'subscribe', id: '3', payload: { query, extensions } });
    await socket.rest();
    await server.database.query('alter table posts rename column lost to author_id');
    socket.socket.close();

    const lines = () => server.log.map((text) => JSON.parse(text)).filter(({ event }) => event === 'unexpected_error');
    await expect.poll(lines).toMatchObject([{ traceId: TRACE_ID }, { traceId: TRACE_ID }, { traceId: owned }]);
    expect(new Set(lines().map(({ spanId }) => spanId)).size).toBe(3);
    expect(server.log.join('\n')).not.toContain(PARENT_ID);
  });
});

/** What the access log has of the trace of a request with this header. */
async function logged(server: TestServer, traceparent?: string) {
  const { headers, status } = await server.send(
    undefined,
    TypenameDocument,
    {},
    traceparent === undefined ? {} : { traceparent },
  );
  expect(status).toBe(200);
  const id = headers.get('x-request-id') ?? '';
  const lineOf = () => server.log.find((text) => text.includes('request_completed') && text.includes(id));
  await expect.poll(lineOf).toBeDefined();
  const { traceId, spanId } = JSON.parse(lineOf() ?? '{}');
  return { traceId, spanId };
}
