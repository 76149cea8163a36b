import { afterEach, describe, expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Client, createClient } from '../../src/client/client.js';
import { AddPointsDocument, RevokeTokenDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { type Line, openLine } from './line.js';

let everything: IssuedToken;
let user: { id: string };
let line: Line | undefined;
it.beforeAll(async ({ server }) => {
  everything = await server.everything();
});
it.beforeEach(async ({ server }) => {
  user = { id: (await server.user()).id };
  await add(server, 5);
});
afterEach(() => line?.close());

async function add(server: TestServer, points: number): Promise<void> {
  const { errors } = await server.send(everything, AddPointsDocument, { input: { user, points } });
  expect(errors).toBeUndefined();
}

async function open(server: TestServer, credential: string): Promise<Client> {
  line = await openLine(server);
  return createClient({ url: line.url, credential, WebSocket });
}

const READS = ['points:read', 'users:read'] as const;

describe('A client that follows a user', () => {
  it('resumes after a broken connection, with each entry once, until the token is revoked', async ({ server }) => {
    const { secret, id } = await server.token([...READS]);
    const entries = (await open(server, secret)).follow(user);
    const next = async () => (await entries.next()).value?.sequence;
    expect(await next()).toBe(1);
    await add(server, 1);
    expect(await next()).toBe(2);
    line?.cut();
    await add(server, 1);
    await add(server, 1);
    expect([await next(), await next()]).toEqual([3, 4]);
    expect((await server.send(everything, RevokeTokenDocument, { input: { id } })).errors).toBeUndefined();
    await expect(entries.next()).rejects.toMatchObject({ name: 'ApiError', closeCode: 4401 });
  });

  it('continues from a balance, and ends when it is told to', async ({ server }) => {
    const client = await open(server, (await server.token([...READS])).secret);
    const balance = await client.balance(user);
    expect(balance).toEqual({ points: 5, available: 5, sequence: 1 });
    const leaving = new AbortController();
    const entries = client.follow(user, { after: 1, signal: leaving.signal });
    await add(server, 2);
    expect((await entries.next()).value).toMatchObject({ kind: 'ADD', delta: 2, balanceAfter: 7, sequence: 2 });
    const waiting = entries.next();
    leaving.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('has no balance of a user who does not exist', async ({ server }) => {
    const client = await open(server, (await server.token([...READS])).secret);
    expect(await client.balance({ username: 'not-there' })).toBeUndefined();
  });

  it('is refused at once where the token lacks the scope', async ({ server }) => {
    const client = await open(server, (await server.token(['points:spend'])).secret);
    const forbidden = { name: 'ApiError', extensions: { code: 'FORBIDDEN' } };
    await expect(client.follow(user).next()).rejects.toMatchObject(forbidden);
    await expect(client.balance(user)).rejects.toMatchObject(forbidden);
  });

  it('gets all entries although it reads them later than they arrive', async ({ server }) => {
    const client = await open(server, (await server.token([...READS])).secret);
    const operations = Array.from({ length: 1_000 }, () => ({ add: { user, points: 1 } }));
    const query = 'mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { results { error { code } } } }';
    const fill = createClient({ url: `${server.url}/graphql`, credential: everything.secret });
    for (const _ of [1, 2]) {
      expect((await fill.send(query, { input: { operations } })).errors).toBeUndefined();
    }
    const sequences: number[] = [];
    for await (const { sequence } of client.follow(user)) {
      // The client closes the connection when as many messages wait as may.
      if (sequences.length === 0) await vi.waitFor(() => expect(line?.connections()).toBe(0), 30_000);
      sequences.push(sequence);
      if (sequence === 2_001) break;
    }
    expect(sequences).toEqual(Array.from({ length: 2_001 }, (_, index) => index + 1));
  });
});

describe('A client without a global WebSocket', () => {
  it('says which one to pass', async () => {
    const global = globalThis.WebSocket;
    Reflect.deleteProperty(globalThis, 'WebSocket');
    try {
      expect(() => createClient({ url: 'http://127.0.0.1/graphql' }).follow(user)).toThrow('Pass the WebSocket');
    } finally {
      if (global !== undefined) globalThis.WebSocket = global;
    }
  });
});
