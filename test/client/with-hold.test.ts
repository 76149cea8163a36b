import { afterEach, describe, expect } from 'vitest';
import { AddPointsDocument, PointsHoldDocument } from '../operations/generated.js';
import { keptHolds } from '../points/holds/kept-holds.js';
import { keptLedger } from '../points/ledger.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import type { Api } from './fetch.js';
import { type Accident, type Line, openLine } from './line.js';
import { withHold } from './with-hold.js';

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

async function open(server: TestServer, ...accidents: Accident[]): Promise<Api> {
  line = await openLine(server, accidents);
  return { url: line.url, token: app.secret };
}

const input = (key = 'job-1') => ({ user, points: 6, expiresInSeconds: 60, idempotencyKey: key });
const kept = async (server: TestServer) => ({
  deltas: (await keptLedger(server, user.id)).deltas,
  held: await keptHolds(server, user.id),
});
const stateOf = async (server: TestServer) =>
  (await server.send(everything, PointsHoldDocument, { id: `${user.id}.h1` })).data.pointsHold?.state;

describe('The example withHold', () => {
  it('holds points while the work runs, and takes what it returns', async ({ server }) => {
    const outcome = await withHold(await open(server), input(), async (hold) => {
      expect(hold).toMatchObject({ points: 6, state: 'HELD' });
      expect((await kept(server)).held).toBe(6);
      return 4;
    });
    expect(outcome).toEqual({ taken: 4 });
    expect(await kept(server)).toEqual({ deltas: [10, -4], held: 0 });
  });

  it('takes more than was held, if the user has it', async ({ server }) => {
    expect(await withHold(await open(server), input(), async () => 9)).toEqual({ taken: 9 });
    expect(await kept(server)).toEqual({ deltas: [10, -9], held: 0 });
  });

  it('releases the points and throws the error where the work throws, and where it costs nothing', async ({
    server,
  }) => {
    const api = await open(server);
    const failed = withHold(api, input(), async () => {
      throw new Error('The image could not be made.');
    });
    await expect(failed).rejects.toThrow('The image could not be made.');
    expect(await stateOf(server)).toBe('RELEASED');
    expect(await withHold(api, input('job-2'), async () => 0)).toEqual({ taken: 0 });
    expect(await kept(server)).toEqual({ deltas: [10], held: 0 });
  });

  it('does not run the work where the points are not there, and leaves the hold where they do not suffice', async ({
    server,
  }) => {
    const api = await open(server);
    let runs = 0;
    const refused = await withHold(api, { ...input(), points: 11 }, async () => ++runs);
    expect(refused).toMatchObject({ refusal: { extensions: { code: 'INSUFFICIENT_POINTS', available: 10 } } });
    expect(runs).toBe(0);
    const tooMany = await withHold(api, input('job-2'), async () => 11);
    expect(tooMany).toMatchObject({ refusal: { extensions: { code: 'INSUFFICIENT_POINTS', available: 10 } } });
    expect(await kept(server)).toEqual({ deltas: [10], held: 6 });
  });

  it('does not run the work again under a key whose hold has ended', async ({ server }) => {
    const api = await open(server);
    let runs = 0;
    const run = () => withHold(api, input(), async () => ++runs);
    expect(await run()).toEqual({ taken: 1 });
    expect(await run()).toMatchObject({ refusal: { extensions: { code: 'HOLD_ENDED' } } });
    expect(runs).toBe(1);
  });

  it('holds and takes the points once, although responses are lost', async ({ server }) => {
    const api = await open(server, 'LOST', BAD_GATEWAY);
    const outcome = withHold(api, input(), async () => {
      line?.cut();
      return 4;
    });
    expect(await outcome).toEqual({ taken: 4 });
    expect(await kept(server)).toEqual({ deltas: [10, -4], held: 0 });
  });

  it('finds the hold by its key where no response to it arrives', async ({ server }) => {
    const api = await open(server, 'LOST', 'LOST', 'LOST');
    expect(await withHold(api, input(), async () => 4)).toEqual({ taken: 4 });
    expect(await kept(server)).toEqual({ deltas: [10, -4], held: 0 });
  });

  it('finds the capture by its key where no response to it arrives', async ({ server }) => {
    const { url, token } = await open(server);
    const loses = await openLine(server, ['LOST', 'LOST', 'LOST']);
    const api = { url, token };
    const outcome = await withHold(api, input(), async () => {
      api.url = loses.url;
      return 4;
    });
    loses.close();
    expect(outcome).toEqual({ taken: 4 });
    expect(await kept(server)).toEqual({ deltas: [10, -4], held: 0 });
  });

  it('closes the key of a hold that did not reach the server, and does not run the work', async ({ server }) => {
    const api = await open(server, BAD_GATEWAY, BAD_GATEWAY, BAD_GATEWAY);
    let runs = 0;
    const outcome = await withHold(api, input(), async () => ++runs);
    expect(outcome).toMatchObject({ refusal: { extensions: { code: 'IDEMPOTENCY_KEY_CLOSED', effect: 'NONE' } } });
    expect(runs).toBe(0);
    expect(await kept(server)).toEqual({ deltas: [10], held: 0 });
  });
});
