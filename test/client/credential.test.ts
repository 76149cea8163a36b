import { afterEach, describe, expect } from 'vitest';
import { type Client, createClient } from '../../src/client/client.js';
import { AddPointsDocument } from '../operations/generated.js';
import { keptLedger } from '../points/ledger.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { jsonInstead, type Line, openLine } from './line.js';

const ENDED = {
  message: 'The credential ended before the change was made.',
  extensions: { code: 'UNAUTHENTICATED', effect: 'NONE' },
};
const TWO = `mutation Two($one: AddPointsInput!, $two: AddPointsInput!) {
  one: addPoints(input: $one) { points }
  two: addPoints(input: $two) { points }
}`;

let everything: IssuedToken;
let user: { id: string };
let line: Line | undefined;
it.beforeAll(async ({ server }) => {
  everything = await server.everything();
});
it.beforeEach(async ({ server }) => {
  user = { id: (await server.user()).id };
  const { errors } = await server.send(everything, AddPointsDocument, { input: { user, points: 5 } });
  expect(errors).toBeUndefined();
});
afterEach(() => line?.close());

/** A client whose first token ends between two fields of its first operation; the response is `data`. */
async function open(server: TestServer, data: object): Promise<{ client: Client; renewals: string[] }> {
  line = await openLine(server, [jsonInstead('200 OK', { data, errors: [ENDED] })]);
  const renewals: string[] = [];
  const credential = {
    accessToken: async () => 'the first',
    renew: async (used: string) => {
      renewals.push(used);
      return everything.secret;
    },
  };
  return { client: createClient({ url: line.url, credential }), renewals };
}

const deltas = async (server: TestServer) => (await keptLedger(server, user.id)).deltas;

describe('A credential that ends while an operation runs', () => {
  it('is not renewed to send again what has run in part', async ({ server }) => {
    const { client, renewals } = await open(server, { one: { points: 6 }, two: null });
    const input = { user, points: 1 };
    const { data, errors } = await client.send(TWO, { one: input, two: input });
    expect({ data, errors }).toEqual({ data: { one: { points: 6 }, two: null }, errors: [ENDED] });
    expect({ renewals, requests: line?.requests() }).toEqual({ renewals: [], requests: 1 });
    expect(await deltas(server)).toEqual([5]);
  });

  it('is renewed for a change, which has its key', async ({ server }) => {
    const { client, renewals } = await open(server, { change: null });
    const outcome = await client.spend({ user, points: 3, idempotencyKey: 'order-1' });
    expect(outcome).toMatchObject({ kind: 'APPLIED', points: 2 });
    expect(renewals).toEqual(['the first']);
  });
});
