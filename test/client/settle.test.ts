import { afterEach, describe, expect } from 'vitest';
import { type Client, type ClientOptions, createClient } from '../../src/client/client.js';
import { AddPointsDocument, IssueTokenDocument } from '../operations/generated.js';
import { keptLedger } from '../points/ledger.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { type Accident, jsonInstead, type Line, openLine } from './line.js';

const error = (code: string, more: object = {}) => ({ message: 'Not now.', extensions: { code, ...more } });
const unavailable = jsonInstead('503 Unavailable', {
  errors: [error('UNAVAILABLE', { effect: 'NONE', retryAfterSeconds: 60 })],
});
const REJECTIONS: [what: string, rejection: Accident][] = [
  ['503', unavailable],
  ['401', jsonInstead('401 Unauthorized', { errors: [error('UNAUTHENTICATED', { reason: 'TOKEN_REVOKED' })] })],
  ['403', jsonInstead('403 Forbidden', { errors: [error('FORBIDDEN')] })],
  ['429', jsonInstead('429 Too Many Requests', { errors: [error('RATE_LIMITED', { retryAfterSeconds: 60 })] })],
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
  user = { id: (await server.user()).id };
  const { errors } = await server.send(everything, AddPointsDocument, { input: { user, points: 5 } });
  expect(errors).toBeUndefined();
});
afterEach(() => line?.close());

async function open(server: TestServer, accidents: Accident[], options: Partial<ClientOptions> = {}): Promise<Client> {
  line = await openLine(server, accidents);
  return createClient({ url: line.url, credential: app.secret, ...options });
}

const spend = (client: Client, points = 3) => client.spend({ user, points, idempotencyKey: 'order-1' });
const deltas = async (server: TestServer) => (await keptLedger(server, user.id)).deltas;

describe('A change whose first response was lost', () => {
  it.for(REJECTIONS)('has its outcome although the next attempt gets %s', async ([_status, rejection], { server }) => {
    const client = await open(server, ['LOST', rejection]);
    expect(await spend(client)).toMatchObject({ kind: 'APPLIED', points: 2, replayed: true });
    expect(await deltas(server)).toEqual([5, -3]);
  });

  it.for(REJECTIONS)('is not called refused where every later request gets %s', async ([_, rejection], { server }) => {
    const client = await open(server, ['LOST', rejection, rejection]);
    await expect(spend(client)).rejects.toMatchObject({ name: 'Unavailable' });
    expect(await spend(client)).toMatchObject({ kind: 'APPLIED', points: 2, replayed: true });
    expect(await deltas(server)).toEqual([5, -3]);
  });

  it('is refused where the ledger refused it', async ({ server }) => {
    const client = await open(server, ['LOST']);
    expect(await spend(client, 6)).toMatchObject({ refusal: { extensions: { code: 'INSUFFICIENT_POINTS' } } });
    expect(line?.requests()).toBe(2);
  });

  it('is refused where there is no such user', async ({ server }) => {
    user = { id: '01890000-0000-7000-8000-000000000000' };
    const client = await open(server, ['LOST'], { retrySeconds: 0 });
    expect(await spend(client)).toMatchObject({ kind: 'REFUSED', refusal: { extensions: { code: 'USER_NOT_FOUND' } } });
  });
});

describe('A change that no attempt reached the ledger with', () => {
  it('is not called refused while the server is unavailable', async ({ server }) => {
    const client = await open(server, [unavailable]);
    const thrown = { name: 'Unavailable', extensions: { code: 'UNAVAILABLE', retryAfterSeconds: 60 } };
    await expect(spend(client)).rejects.toMatchObject(thrown);
    expect(await spend(client)).toMatchObject({ kind: 'APPLIED', replayed: false });
  });

  it('throws what the API responded to the request', async ({ server }) => {
    const client = await open(server, [], { credential: (await server.token(['points:add'])).secret });
    await expect(spend(client)).rejects.toMatchObject({ name: 'ApiError', extensions: { code: 'FORBIDDEN' } });
    expect(line?.requests()).toBe(1);
  });
});

it('A change beyond a daily limit is refused at once, and its key is free', async ({ server }) => {
  const input = { name: 'a small shop', scopes: ['POINTS_SPEND' as const], limits: { maxSpentPerDay: 2 } };
  const { data } = await server.send(everything, IssueTokenDocument, { input });
  const client = await open(server, [], { credential: data.issueToken.secret });
  const refused = await spend(client);
  expect(refused).toMatchObject({
    kind: 'REFUSED',
    refusal: { extensions: { code: 'TOKEN_LIMIT', retryAfterSeconds: expect.any(Number) } },
  });
  expect(line?.requests()).toBe(1);
  expect(await spend(createClient({ url: line?.url ?? '', credential: app.secret }))).toMatchObject({
    kind: 'APPLIED',
  });
});
