import { afterAll, afterEach, beforeAll, describe, expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import { AddPointsDocument, RevokeTokenDocument } from '../operations/generated.js';
import { keptLedger } from '../points/ledger.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import * as apolloClient from './apollo-client.js';
import type { Api, Outcome } from './fetch.js';
import * as plain from './fetch.js';
import type { SpendPointsInput } from './generated.js';
import * as graphqlRequest from './graphql-request.js';
import { type Accident, type Line, openLine } from './line.js';
import { follow } from './subscription.js';
import * as urql from './urql.js';

type Spend = (api: Api, input: SpendPointsInput & { idempotencyKey: string }) => Promise<Outcome>;

const CLIENTS: [name: string, spend: Spend][] = [
  ['fetch', plain.spend],
  ['urql', (api, input) => urql.spend(urql.createClient(api), input)],
  ['Apollo Client', (api, input) => apolloClient.spend(apolloClient.createClient(api), input)],
  ['graphql-request', (api, input) => graphqlRequest.spend(graphqlRequest.createClient(api), input)],
];

const failure = (code: string, more: object) => [{ message: 'Try again.', extensions: { code, ...more } }];
const respond = (status: string, body: object): Accident => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(body),
});
const ACCIDENTS: [what: string, accident: Accident][] = [
  ['a response that is lost', 'LOST'],
  ['a server that is busy', respond('503 Busy', { errors: failure('OVERLOADED', { retryAfterSeconds: 0.1 }) })],
  [
    'an effect that is unknown',
    respond('200 OK', { data: { spendPoints: null }, errors: failure('UNAVAILABLE', { effect: 'UNKNOWN' }) }),
  ],
  ['an error page of a proxy', { status: '502 Bad Gateway', type: 'text/html', body: '<h1>Bad gateway</h1>' }],
];

let app: IssuedToken;
let everything: IssuedToken;
let user: { id: string };
let line: Line | undefined;
it.beforeAll(async ({ server }) => {
  app = await server.token(['points:spend', 'points:read']);
  everything = await server.everything();
});
it.beforeEach(async ({ server }) => {
  const { id } = await server.user();
  user = { id };
  await add(server, 5);
});
afterEach(() => line?.close());

async function add(server: TestServer, points: number): Promise<void> {
  const { errors } = await server.send(everything, AddPointsDocument, { input: { user, points } });
  expect(errors).toBeUndefined();
}

async function open(server: TestServer, ...accidents: Accident[]): Promise<Api> {
  line = await openLine(server, accidents);
  return { url: line.url, token: app.secret };
}

const deltas = async (server: TestServer) => (await keptLedger(server, user.id)).deltas;

describe.each(CLIENTS)('The example for %s', (_name, spend) => {
  it('spends points', async ({ server }) => {
    expect(await spend(await open(server), { user, points: 3, idempotencyKey: 'order-1' })).toEqual({ points: 2 });
    expect(await deltas(server)).toEqual([5, -3]);
  });

  it('returns the refusal where points were not spent, and does not retry', async ({ server }) => {
    const outcome = await spend(await open(server), { user, points: 6, idempotencyKey: 'order-1' });
    const extensions = { code: 'INSUFFICIENT_POINTS', available: 5, needed: 6, effect: 'NONE' };
    expect(outcome).toMatchObject({ refusal: { extensions } });
    expect(line?.requests()).toBe(1);
  });

  it('does not retry with an invalid credential', async ({ server }) => {
    const { url } = await open(server);
    const outcome = await spend({ url, token: 'nonsense' }, { user, points: 3, idempotencyKey: 'order-1' });
    expect(outcome).toMatchObject({ refusal: { extensions: { code: 'UNAUTHENTICATED' } } });
    expect(line?.requests()).toBe(1);
  });

  it.for(ACCIDENTS)('spends points once, despite %s', async ([_what, accident], { server }) => {
    expect(await spend(await open(server, accident), { user, points: 3, idempotencyKey: 'order-1' })).toEqual({
      points: 2,
    });
    expect(line?.requests()).toBe(2);
    expect(await deltas(server)).toEqual([5, -3]);
  });
});

describe('The example of a subscription', () => {
  beforeAll(() => void vi.stubGlobal('WebSocket', WebSocket)); // Node has one from version 22 on
  afterAll(() => void vi.unstubAllGlobals());

  it('resumes after a broken connection, with each entry once, until the token is revoked', async ({ server }) => {
    const { secret, id } = await server.token(['points:read']);
    const { url } = await open(server);
    const entries = follow({ url, token: secret }, user);
    const next = async () => (await entries.next()).value?.sequence;
    expect(await next()).toBe(1);
    await add(server, 1);
    expect(await next()).toBe(2);
    line?.cut();
    await add(server, 1);
    await add(server, 1);
    expect([await next(), await next()]).toEqual([3, 4]);
    expect((await server.send(everything, RevokeTokenDocument, { input: { id } })).errors).toBeUndefined();
    await expect(entries.next()).rejects.toMatchObject({ code: 4401 });
  });

  it('ends at once where the token lacks the scope', async ({ server }) => {
    const { secret } = await server.token(['points:spend']);
    const { url } = await open(server);
    const refusals = [expect.objectContaining({ extensions: expect.objectContaining({ code: 'FORBIDDEN' }) })];
    await expect(follow({ url, token: secret }, user).next()).rejects.toEqual(refusals);
  });
});
