import { afterEach, describe, expect } from 'vitest';
import { type Client, createClient } from '../../src/client/client.js';
import { AddPointsDocument, PointsHoldDocument } from '../operations/generated.js';
import { keptHolds } from '../points/holds/kept-holds.js';
import { keptLedger } from '../points/ledger.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { type Accident, type Line, openLine } from './line.js';

const BAD_GATEWAY: Accident = { status: '502 Bad Gateway', type: 'text/html', body: '<h1>Bad gateway</h1>' };

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
  await server.send(everything, AddPointsDocument, { input: { user, points: 10 } });
});
afterEach(() => line?.close());

async function open(server: TestServer, ...accidents: Accident[]): Promise<Client> {
  line = await openLine(server, accidents);
  return createClient({ url: line.url, credential: app.secret });
}

/** A client that asks for the outcome after one attempt. */
async function openImpatient(server: TestServer, ...accidents: Accident[]): Promise<Client> {
  line = await openLine(server, accidents);
  return createClient({ url: line.url, credential: app.secret, retrySeconds: 0 });
}

const input = (key = 'job-1') => ({ user, points: 6, expiresInSeconds: 60, idempotencyKey: key });
const kept = async (server: TestServer) => ({
  deltas: (await keptLedger(server, user.id)).deltas,
  held: await keptHolds(server, user.id),
});
const stateOf = async (server: TestServer) =>
  (await server.send(everything, PointsHoldDocument, { id: `${user.id}.h1` })).data.pointsHold?.state;

describe('withHold', () => {
  it('holds points while the work runs, and takes what it returns', async ({ server }) => {
    const outcome = await (await open(server)).withHold(input(), async (hold) => {
      expect(hold).toMatchObject({ points: 6, state: 'HELD' });
      expect((await kept(server)).held).toBe(6);
      return 4;
    });
    expect(outcome).toEqual({ kind: 'TAKEN', taken: 4 });
    expect(await kept(server)).toEqual({ deltas: [10, -4], held: 0 });
  });

  it('takes more than was held, if the user has it', async ({ server }) => {
    expect(await (await open(server)).withHold(input(), async () => 9)).toEqual({ kind: 'TAKEN', taken: 9 });
    expect(await kept(server)).toEqual({ deltas: [10, -9], held: 0 });
  });

  it('releases the points and throws the error where the work throws, and where it costs nothing', async ({
    server,
  }) => {
    const client = await open(server);
    const failed = client.withHold(input(), async () => {
      throw new Error('The image could not be made.');
    });
    await expect(failed).rejects.toThrow('The image could not be made.');
    expect(await stateOf(server)).toBe('RELEASED');
    expect(await client.withHold(input('job-2'), async () => 0)).toEqual({ kind: 'TAKEN', taken: 0 });
    expect(await kept(server)).toEqual({ deltas: [10], held: 0 });
  });

  it('does not run the work where the points are not there, and leaves the hold where they do not suffice', async ({
    server,
  }) => {
    const client = await open(server);
    let runs = 0;
    const refused = await client.withHold({ ...input(), points: 11 }, async () => ++runs);
    expect(refused).toMatchObject({ refusal: { extensions: { code: 'INSUFFICIENT_POINTS', available: 10 } } });
    expect(runs).toBe(0);
    const tooMany = await client.withHold(input('job-2'), async () => 11);
    expect(tooMany).toMatchObject({ refusal: { extensions: { code: 'INSUFFICIENT_POINTS', available: 10 } } });
    expect(await kept(server)).toEqual({ deltas: [10], held: 6 });
  });

  it('does not run the work again under a key whose hold has ended', async ({ server }) => {
    const client = await open(server);
    let runs = 0;
    const run = () => client.withHold(input(), async () => ++runs);
    expect(await run()).toEqual({ kind: 'TAKEN', taken: 1 });
    expect(await run()).toEqual({ kind: 'TAKEN', taken: 1 });
    expect(runs).toBe(1);
    expect(await client.withHold(input('job-2'), async () => 0)).toEqual({ kind: 'TAKEN', taken: 0 });
    const released = await client.withHold(input('job-2'), async () => ++runs);
    expect(released).toMatchObject({ refusal: { extensions: { code: 'HOLD_ENDED', state: 'RELEASED' } } });
    expect(runs).toBe(1);
    expect((await kept(server)).deltas).toEqual([10, -1]);
  });

  it('refuses a key from which none can be derived, before it holds points', async ({ server }) => {
    const client = await open(server);
    let runs = 0;
    const run = (key: string) => client.withHold(input(key), async () => ++runs);
    await expect(run('k'.repeat(248))).rejects.toThrow('at most 247 characters');
    expect({ runs, ...(await kept(server)) }).toEqual({ runs: 0, deltas: [10], held: 0 });
    expect(await run('k'.repeat(247))).toEqual({ kind: 'TAKEN', taken: 1 });
  });

  it('holds and takes the points once, although responses are lost', async ({ server }) => {
    const client = await open(server, 'LOST', BAD_GATEWAY);
    const outcome = client.withHold(input(), async () => {
      line?.cut();
      return 4;
    });
    expect(await outcome).toEqual({ kind: 'TAKEN', taken: 4 });
    expect(await kept(server)).toEqual({ deltas: [10, -4], held: 0 });
  });

  it('finds the hold by its key where no response to it arrives', async ({ server }) => {
    const client = await openImpatient(server, 'LOST');
    expect(await client.withHold(input(), async () => 4)).toEqual({ kind: 'TAKEN', taken: 4 });
    expect(await kept(server)).toEqual({ deltas: [10, -4], held: 0 });
  });

  it('finds the capture by its key where no response to it arrives', async ({ server }) => {
    const loses = await openLine(server, ['LOST']);
    line = await openLine(server);
    const { url } = line;
    const urls = [url, loses.url, url];
    const client = createClient({
      url,
      credential: app.secret,
      retrySeconds: 0,
      fetch: (_url, init) => fetch(urls.shift() ?? url, init),
    });
    const outcome = await client.withHold(input(), async () => 4);
    loses.close();
    expect(urls).toEqual([]);
    expect(outcome).toEqual({ kind: 'TAKEN', taken: 4 });
    expect(await kept(server)).toEqual({ deltas: [10, -4], held: 0 });
  });

  it('closes the key of a hold that did not reach the server, and does not run the work', async ({ server }) => {
    const client = await openImpatient(server, BAD_GATEWAY);
    let runs = 0;
    const outcome = await client.withHold(input(), async () => ++runs);
    expect(outcome).toMatchObject({ refusal: { extensions: { code: 'IDEMPOTENCY_KEY_CLOSED', effect: 'NONE' } } });
    expect(runs).toBe(0);
    expect(await kept(server)).toEqual({ deltas: [10], held: 0 });
  });
});
