import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { print } from 'graphql';
import { describe, expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { AddPointsDocument, PointsChangedDocument } from '../operations/generated.js';
import { addressOf, JWT_SECRET, startProcess } from '../process/program.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';
import { INSTALLED, openProxy, type ProxyName, type RunningProxy } from './proxy.js';

const TRUSTED = { TRUSTED_PROXIES: '127.0.0.1' };

interface Options {
  readonly token?: IssuedToken;
  /** The address that the client connects from. */
  readonly from?: string;
  readonly headers?: Record<string, string>;
}

/** Sends a body to a proxy, whose certificate is made for the test. */
async function send(
  { url }: Pick<RunningProxy, 'url'>,
  body: object,
  { token, from = '127.0.0.1', headers }: Options = {},
) {
  const request = url.startsWith('https') ? requestHttps : requestHttp;
  const sent = request(`${url}/graphql`, {
    method: 'POST',
    agent: false,
    localAddress: from,
    rejectUnauthorized: false,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token.secret}` }),
      ...headers,
    },
  });
  sent.end(JSON.stringify(body));
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, body: await text(response) };
}

/** How many operations of a name a node has served. */
function servedBy({ log }: TestServer, operation: string): number {
  return log.filter((line) => line.includes('"request_completed"') && line.includes(`"operation":"${operation}"`))
    .length;
}

const addPoints = ({ owner }: IssuedToken) => ({
  query: print(AddPointsDocument),
  variables: { input: { user: { id: owner.id }, points: 1 } },
});

/** A proxy of each kind that is installed, before both nodes. */
const it = itOnTwoNodes(TRUSTED).extend('proxies', { scope: 'file' }, async ({ server, other }, { onCleanup }) => {
  const proxies = new Map<ProxyName, RunningProxy>();
  onCleanup(async () => {
    for (const proxy of proxies.values()) await proxy.close();
  });
  for (const name of INSTALLED) proxies.set(name, await openProxy(name, [server.url, other.url]));
  return (name: ProxyName) => proxies.get(name) ?? { url: '' };
});

// Where none is installed, all of this is skipped; .ci/run installs them.
describe.runIf(INSTALLED.length > 0).each(INSTALLED)('%s with the file of deploy/', (name) => {
  it('passes on a body of nearly LIMIT_BODY_BYTES', async ({ proxies }) => {
    const proxy = proxies(name);
    const body = { query: '{ __typename }', extensions: { filler: 'x'.repeat(3_990_000) } };
    expect(await send(proxy, body)).toEqual({ status: 200, body: '{"data":{"__typename":"Query"}}' });
  });

  it('passes on the address of the client, and none that a client made up', async ({ server, proxies }) => {
    const proxy = proxies(name);
    const token = await server.token(['points:read'], undefined, { networks: ['127.0.0.2'] });
    const body = { query: '{ __typename }' };
    const madeUp = { 'x-forwarded-for': '127.0.0.2' };
    expect((await send(proxy, body, { token, from: '127.0.0.2' })).status).toBe(200);
    expect((await send(proxy, body, { token, from: '127.0.0.3' })).status).toBe(403);
    expect((await send(proxy, body, { token, from: '127.0.0.3', headers: madeUp })).status).toBe(403);
  });

  it('passes on subscriptions over a WebSocket', async ({ server, proxies }) => {
    const proxy = proxies(name);
    const token = await server.everything();
    const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      rejectUnauthorized: false,
    });
    await once(socket, 'open');
    const say = (message: object) => socket.send(JSON.stringify(message));
    say({ type: 'connection_init', payload: { authorization: `Bearer ${token.secret}` } });
    expect(JSON.parse(String((await once(socket, 'message'))[0]))).toMatchObject({ type: 'connection_ack' });
    const variables = { user: { id: token.owner.id }, after: 0 };
    say({ id: '1', type: 'subscribe', payload: { query: print(PointsChangedDocument), variables } });
    const event = once(socket, 'message');
    expect((await send(proxy, addPoints(token), { token })).status).toBe(200);
    expect(JSON.parse(String((await event)[0]))).toMatchObject({ id: '1', type: 'next' });
    socket.close();
  });

  it('sends requests with the same credential to the same node', async ({ server, other, proxies }) => {
    const proxy = proxies(name);
    const tokens = await Promise.all(Array.from({ length: 12 }, () => server.everything()));
    const nodes = [server, other];
    for (const [index, token] of tokens.entries()) {
      const query = `query ${name}${index} { viewer { kind } }`;
      for (let times = 0; times < 4; times++) expect((await send(proxy, { query }, { token })).status).toBe(200);
    }
    const countsOf = (index: number) => nodes.map((node) => servedBy(node, `${name}${index}`)).sort();
    await expect.poll(() => tokens.map((_, index) => countsOf(index))).toEqual(tokens.map(() => [0, 4]));
    const served = nodes.map((node) => tokens.filter((_, index) => servedBy(node, `${name}${index}`) > 0).length);
    expect(Math.min(...served), 'Each node has some of them').toBeGreaterThan(0);
  });
});

it.runIf(INSTALLED.length > 0)(
  'No proxy loses a request where a node drains and stops',
  { timeout: 90_000 },
  async ({ server }) => {
    const env = { ...TRUSTED, DATABASE_URL: server.database.url, JWT_SECRET, PORT: '0', DRAIN_SECONDS: '5' };
    const node = startProcess({ env });
    const url = await addressOf(node);
    const proxies = await Promise.all(INSTALLED.map((name) => openProxy(name, [url, server.url])));
    onTestFinished(async () => void (await Promise.all(proxies.map((proxy) => proxy.close()))));
    const tokens = await Promise.all(Array.from({ length: 8 }, () => server.everything()));
    const sendAll = async (through: readonly RunningProxy[] = proxies) => {
      const sent = through.flatMap((proxy) => tokens.map((token) => send(proxy, addPoints(token), { token })));
      const statuses = (await Promise.all(sent)).map(({ status }) => status);
      expect(statuses).toEqual(statuses.map(() => 200));
    };
    await sendAll();
    node.process.kill('SIGTERM');
    // nginx does not ask /readyz: it sends requests to the node until the node has stopped.
    const asking = proxies.filter((_, index) => INSTALLED[index] !== 'nginx');
    while (node.process.exitCode === null) await sendAll(asking);
    await sendAll();
    expect(await node.end).toMatchObject({ status: 0 });
  },
);
