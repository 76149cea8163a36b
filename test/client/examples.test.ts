import { afterEach, describe, expect } from 'vitest';
import { createClient } from '../../src/client/client.js';
import { AddPointsDocument } from '../operations/generated.js';
import { keptLedger } from '../points/ledger.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import type { Api, Outcome } from './api.js';
import * as apolloClient from './apollo-client.js';
import type { SpendPointsInput } from './generated.js';
import * as graphqlRequest from './graphql-request.js';
import { type Accident, jsonInstead, type Line, openLine } from './line.js';
import * as urql from './urql.js';

type Spend = (api: Api, input: SpendPointsInput & { idempotencyKey: string }) => Promise<Outcome>;

const CLIENTS: [name: string, spend: Spend][] = [
  ['the client of the package', ({ url, token }, input) => createClient({ url, credential: token }).spend(input)],
  ['urql', (api, input) => urql.spend(urql.createClient(api), input)],
  ['Apollo Client', (api, input) => apolloClient.spend(apolloClient.createClient(api), input)],
  ['graphql-request', (api, input) => graphqlRequest.spend(graphqlRequest.createClient(api), input)],
];

const failure = (code: string, more: object) => [{ message: 'Try again.', extensions: { code, ...more } }];
const ACCIDENTS: [what: string, accident: Accident][] = [
  ['a response that is lost', 'LOST'],
  ['a server that is busy', jsonInstead('503 Busy', { errors: failure('OVERLOADED', { retryAfterSeconds: 0.1 }) })],
  [
    'an effect that is unknown',
    jsonInstead('200 OK', { data: { spendPoints: null }, errors: failure('UNAVAILABLE', { effect: 'UNKNOWN' }) }),
  ],
  ['an error of a gateway in JSON', jsonInstead('504 Gateway Timeout', { errors: [{ status: '504' }] })],
  ['a response that is not an object', jsonInstead('200 OK', null)],
  ['an error page of a proxy', { status: '502 Bad Gateway', type: 'text/html', body: '<h1>Bad gateway</h1>' }],
];

let app: IssuedToken;
let everything: IssuedToken;
let user: { id: string };
let line: Line | undefined;
it.beforeAll(async ({ server }) => {
  app = await server.token(['points:spend']);
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

describe.each(CLIENTS)('Spending with %s', (_name, spend) => {
  it('spends points', async ({ server }) => {
    expect(await spend(await open(server), { user, points: 3, idempotencyKey: 'order-1' })).toMatchObject({
      kind: 'APPLIED',
      points: 2,
    });
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
    await expect(spend({ url, token: 'nonsense' }, { user, points: 3, idempotencyKey: 'order-1' })).rejects.toThrow(
      /credential|token/i,
    );
    expect(line?.requests()).toBe(1);
  });

  it.for(ACCIDENTS)('spends points once, despite %s', async ([_what, accident], { server }) => {
    expect(await spend(await open(server, accident), { user, points: 3, idempotencyKey: 'order-1' })).toMatchObject({
      kind: 'APPLIED',
      points: 2,
    });
    expect(line?.requests()).toBe(2);
    expect(await deltas(server)).toEqual([5, -3]);
  });
});
