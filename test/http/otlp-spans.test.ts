import { randomBytes } from 'node:crypto';
import { print } from 'graphql';
import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  AllPointsChangedDocument,
  TypenameDocument,
  ViewerDocument,
} from '../operations/generated.js';
import { keepSecret, leaksIn } from '../support/leaks.js';
import { startServer, type TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';
import { type Receiver, startReceiver } from './otlp-receiver.js';

const API_KEY = 'a secret of the receiver, 100% safe';
keepSecret(API_KEY);

const it = itWith().extend('traced', { scope: 'file' }, async ({ server }, { onCleanup }) => {
  const receiver = await startReceiver();
  const traced = await startTraced(server, receiver);
  onCleanup(async () => {
    await traced.close();
    await receiver.close();
  });
  return { server: traced, receiver };
});

/** A node of the database of another server, which sends its traces to the receiver. */
async function startTraced({ database }: TestServer, { url }: Receiver): Promise<TestServer> {
  return await startServer({
    DATABASE_URL: database.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/`,
    OTEL_EXPORTER_OTLP_HEADERS: `api-key=${encodeURIComponent(API_KEY)},tenant=points`,
    OTEL_SERVICE_NAME: 'points',
  });
}

/** A trace as its caller names it. */
function newTrace(flags = '01') {
  const [traceId, parentId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, parentId, traceparent: `00-${traceId}-${parentId}-${flags}` };
}

describe('A span', () => {
  it('is sent of an operation over HTTP, within the trace of the client', async ({ traced: { server, receiver } }) => {
    const { traceId, parentId, traceparent } = newTrace();
    const session = await server.session();
    const response = await server.send(session, ViewerDocument, {}, { traceparent });
    expect(response.errors).toBeUndefined();
    await expect.poll(() => receiver.spansOf(traceId)).toHaveLength(1);
    const [span] = receiver.spansOf(traceId);
    expect(span).toMatchObject({
      name: 'query',
      kind: 2, // SERVER
      parentSpanId: parentId,
      status: { code: 0 },
    });
    expect(span?.attributes).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Viewer',
      'http.response.status_code': 200,
      'scrip.credential.kind': 'USER',
    });
    const line = server.log.find((text) => text.includes(traceId));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ event: 'request_completed', spanId: span?.spanId });
  });

  it('begins a trace, which the log has, where the client named none', async ({ traced: { server, receiver } }) => {
    const { headers } = await server.send(undefined, TypenameDocument);
    const id = headers.get('x-request-id') ?? '';
    const lineOf = () => server.log.find((text) => text.includes('request_completed') && text.includes(id));
    await expect.poll(lineOf).toBeDefined();
    const { traceId, spanId } = JSON.parse(lineOf() ?? '{}');
    await expect.poll(() => receiver.spansOf(traceId)).toHaveLength(1);
    const [span] = receiver.spansOf(traceId);
    expect(span).toMatchObject({ spanId });
    expect(span?.parentSpanId).toBeUndefined();
    expect(span?.attributes).toMatchObject({ 'scrip.credential.kind': 'ANONYMOUS' });
  });

  it('has the code of what refused the operation', async ({ traced: { server, receiver } }) => {
    const [denied, invalid] = [newTrace(), newTrace()];
    await server.send(undefined, ViewerDocument, {}, { traceparent: denied.traceparent });
    await server.send(undefined, '{ nothing }', {}, { traceparent: invalid.traceparent });
    await expect.poll(() => receiver.spansOf(invalid.traceId)).toHaveLength(1);
    expect(receiver.spansOf(denied.traceId)).toMatchObject([
      { name: 'query', status: { code: 0 }, attributes: { 'error.type': 'UNAUTHENTICATED' } },
    ]);
    expect(receiver.spansOf(invalid.traceId)).toMatchObject([
      { name: 'GraphQL Operation', status: { code: 0 }, attributes: { 'error.type': 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
  });

  it('is sent of each operation of a WebSocket, within the trace of its upgrade', async ({
    traced: { server, receiver },
  }) => {
    const { traceId, parentId, traceparent } = newTrace();
    const own = newTrace();
    const token = await server.everything();
    const socket = await openSocket(server, { headers: { traceparent } });
    await socket.init(token);
    socket.subscribe('1', TypenameDocument);
    await socket.rest();
    socket.subscribe('2', AllPointsChangedDocument);
    const query = print(ViewerDocument);
    const payload = { query, extensions: { traceparent: own.traceparent } };
    socket.send({ type: 'subscribe', id: '3', payload });
    await socket.rest();
    await expect.poll(() => receiver.spansOf(own.traceId)).toHaveLength(1);
    await expect.poll(() => receiver.spansOf(traceId)).toHaveLength(2);
    const spans = receiver.spansOf(traceId);
    expect(spans.map(({ name }) => name).sort()).toEqual(['query', 'subscription']);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(2);
    for (const span of spans) {
      expect(span.parentSpanId).toBe(parentId);
      expect(span.attributes).toMatchObject({ 'scrip.credential.kind': 'APP' });
      expect(span.attributes).not.toHaveProperty('http.response.status_code');
    }
    expect(receiver.spansOf(own.traceId)).toMatchObject([{ parentSpanId: own.parentId }]);
    socket.socket.close();
  });

  it('is not sent of a trace that the client does not record', async ({ traced: { server, receiver } }) => {
    const [unrecorded, recorded] = [newTrace('00'), newTrace()];
    await server.send(undefined, TypenameDocument, {}, { traceparent: unrecorded.traceparent });
    await server.send(undefined, TypenameDocument, {}, { traceparent: recorded.traceparent });
    await expect.poll(() => receiver.spansOf(recorded.traceId)).toHaveLength(1);
    await expect.poll(() => server.log.join()).toContain(unrecorded.traceId);
    expect(receiver.spansOf(unrecorded.traceId)).toEqual([]);
  });

  it('carries no secret, variable, document or user', async ({ traced: { server, receiver } }) => {
    const { traceId, traceparent } = newTrace();
    const token = await server.everything();
    const input = { user: { id: token.owner.id }, points: 5, reason: 'a private reason' };
    await server.send(token, AddPointsDocument, { input }, { traceparent });
    await expect.poll(() => receiver.spansOf(traceId)).toHaveLength(1);
    const bodies = receiver.requests.map(({ body }) => body).join('\n');
    expect(leaksIn(bodies)).toEqual([]);
    for (const text of [token.secret, token.id, token.owner.id, token.owner.username, 'a private reason', 'input']) {
      expect(bodies).not.toContain(text);
    }
  });

  it('goes to the path of traces, with the headers and the name of the service', async ({
    traced: { server, receiver },
  }) => {
    const { traceId, traceparent } = newTrace();
    await server.send(undefined, TypenameDocument, {}, { traceparent });
    await expect.poll(() => receiver.spansOf(traceId)).toHaveLength(1);
    const { path, headers, body } = receiver.requests.at(-1) ?? { path: '', headers: {}, body: '{}' };
    expect(path).toBe('POST /v1/traces');
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'api-key': API_KEY, tenant: 'points' });
    const [{ resource }] = JSON.parse(body).resourceSpans;
    expect(resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'points' } });
  });
});

describe('A receiver of traces', () => {
  it('that refuses them is logged when it begins to, and when it takes them again', async ({ server }) => {
    const receiver = await startReceiver();
    const traced = await startTraced(server, receiver);
    const logged = () =>
      traced.log.map((line) => JSON.parse(line).event).filter((event: string) => event.startsWith('traces_'));
    const sendOne = async () => {
      const before = receiver.requests.length;
      await traced.send(undefined, TypenameDocument);
      await expect.poll(() => receiver.requests.length).toBeGreaterThan(before);
    };
    receiver.respondWith(400);
    await sendOne();
    await expect.poll(logged).toEqual(['traces_not_sent']);
    await sendOne();
    receiver.respondWith(200);
    await sendOne();
    await expect.poll(logged).toEqual(['traces_not_sent', 'traces_sent']);
    await traced.close();
    await receiver.close();
  });

  it('that never responds delays no request, and does not keep the server from stopping', async ({ server }) => {
    const receiver = await startReceiver();
    receiver.respondWith('NOTHING');
    const traced = await startTraced(server, receiver);
    await traced.send(undefined, TypenameDocument);
    await expect.poll(() => receiver.requests.length).toBe(1);
    const responses = await Promise.all(Array.from({ length: 30 }, () => traced.send(undefined, TypenameDocument)));
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    await traced.close(); // the receiver still holds the first request
    await receiver.close();
  });

  it('that is away delays no request, and does not keep the server from stopping', async ({ server }) => {
    const receiver = await startReceiver();
    const traced = await startTraced(server, receiver);
    await receiver.close();
    const { status } = await traced.send(undefined, TypenameDocument);
    expect(status).toBe(200);
    await traced.close();
  });

  it('gets what was not sent when the server stops', async ({ server }) => {
    const receiver = await startReceiver();
    const traced = await startTraced(server, receiver);
    const { traceId, traceparent } = newTrace();
    await traced.send(undefined, TypenameDocument, {}, { traceparent });
    await expect.poll(() => traced.log.join()).toContain(traceId);
    await traced.close();
    expect(receiver.spansOf(traceId)).toHaveLength(1);
    await receiver.close();
  });
});
