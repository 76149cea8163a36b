import { afterEach, describe, expect } from 'vitest';
import { type Client, type ClientOptions, createClient } from '../../src/client/client.js';
import {
  AddPointsDocument,
  DeleteUserDocument,
  IssueTokenDocument,
  UpdateUserDocument,
} from '../operations/generated.js';
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

describe('A change whose first response was lost, of a user who was renamed or deleted before the next attempt', () => {
  it.for([
    [{ retrySeconds: 15 }, 'renamed'],
    [{ retrySeconds: 0 }, 'renamed'],
    [{ retrySeconds: 0 }, 'deleted'],
  ] as const)(
    'is not called refused, with %o, if they were named by their name: %s',
    async ([options, how], { server }) => {
      const { id, username } = await server.user();
      const fetch = losingOne(() => (how === 'renamed' ? rename(server, id) : remove(server, id)));
      const client = await open(server, [], { ...options, fetch, credential: everything.secret });
      const adding = client.add({ user: { username }, points: 3, idempotencyKey: 'order-1' });
      await expect(adding).rejects.toMatchObject({ name: 'Unavailable', extensions: { code: 'USER_NOT_FOUND' } });
      expect((await keptLedger(server, id)).deltas).toEqual([3]);
    },
  );

  it.for(['renamed', 'deleted'] as const)(
    'has its outcome if they were named by their id: %s',
    async (how, { server }) => {
      const { id } = await server.user();
      const fetch = losingOne(() => (how === 'renamed' ? rename(server, id) : remove(server, id)));
      const client = await open(server, [], { fetch, credential: everything.secret });
      const outcome = await client.add({ user: { id }, points: 3, idempotencyKey: 'order-1' });
      expect(outcome).toMatchObject({ kind: 'APPLIED', points: 3, replayed: true });
    },
  );
});

/** A `fetch` that loses the first response, and does something then. */
function losingOne(then: () => Promise<void>): typeof globalThis.fetch {
  let isLost = false;
  return async (...request) => {
    const response = await fetch(...request);
    if (isLost) return response;
    isLost = true;
    await response.text();
    await then();
    throw new TypeError('The response is lost.');
  };
}

async function rename(server: TestServer, id: string): Promise<void> {
  const { errors } = await server.send(everything, UpdateUserDocument, {
    input: { user: { id }, username: `new-${id.slice(-12)}` },
  });
  expect(errors).toBeUndefined();
}

async function remove(server: TestServer, id: string): Promise<void> {
  const { errors } = await server.send(everything, DeleteUserDocument, { user: { id } });
  expect(errors).toBeUndefined();
}

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
