import { describe, expect, onTestFinished, vi } from 'vitest';
import { openLine } from '../client/line.js';
import { verifyByPublicKey, verifyBySecret } from '../client/webhook-receiver.js';
import { AddPointsDocument, RevokeTokenDocument } from '../operations/generated.js';
import { type Program, startProcess } from '../process/program.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { openReceiver, type Receiver } from './receiver.js';

let everything: IssuedToken;
it.beforeAll(async ({ server }) => {
  everything = await server.everything();
});

describe('scrip listen', () => {
  it.for([
    ['ed25519', verifyByPublicKey, /^(whpk_\S+)\n$/],
    ['hmac-sha256', verifyBySecret, /^(whsec_\S+)\n$/],
  ] as const)('sends the entries of a user, signed by %s', async ([signature, verifyBy, key], { server }) => {
    const { id, username } = await server.user();
    await add(server, id, { points: 1 });
    const receiver = await openReceiver(() => 204);
    const token = await server.token(['points:read']);
    const listening = listen(token, receiver, '--url', apiOf(server), '--user', username, '--signature', signature);
    const [, printed = ''] = await listening.says(key);
    const metadata = [
      { key: 'b', value: '2' },
      { key: 'a', value: '1' },
    ];
    await add(server, id, { points: 5, reason: 'a gift', reference: 'order 7', metadata });
    await receiver.hasReceived(1);

    const [{ body, headers } = NONE] = receiver.received;
    const message = verifyBy(printed)(body, headers);
    expect(message).toEqual({
      type: 'points.entry',
      timestamp: message.data.createdAt,
      data: {
        id: headers['webhook-id'],
        user: { id, username },
        kind: 'ADD',
        delta: 5,
        balanceAfter: 6,
        sequence: 2,
        reason: 'a gift',
        reference: 'order 7',
        metadata,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^Scrip\//),
    });
    expect(() => verifyBy(printed)(body.replace('5', '6'), headers)).toThrow();
    await hasSaid(listening, `Forwarded the entry 2 of ${username}: HTTP 204.\n`);
    listening.process.kill('SIGINT');
    expect(await listening.end).toMatchObject({ status: 0, stdout: `${printed}\n` });
    expect(listening.said.stderr).not.toContain(printed);
  });

  it('sends the entries of all users, with their external ids where the token may read them', async ({ server }) => {
    const externalIds = [{ issuer: 'twitch', id: '1234' }];
    const [linked, other] = [await server.user({ externalIds }), await server.user()];
    const receiver = await openReceiver(() => 204);
    const token = await server.token(['points:read', 'users:link']);
    const listening = listen(token, receiver, '--url', apiOf(server));
    await listening.says(/whpk_/);
    // It follows them from some moment on that it cannot tell.
    await vi.waitUntil(
      async () => {
        await add(server, other.id, { points: 1 });
        return receiver.received.length > 0;
      },
      { timeout: 15_000, interval: 100 },
    );
    const before = receiver.received.length;
    await add(server, linked.id, { points: 2 });
    await vi.waitUntil(() => usersIn(receiver).some(({ id }) => id === linked.id), { timeout: 15_000 });
    expect(usersIn(receiver).at(before - 1)).toEqual({ id: other.id, username: other.username, externalIds: [] });
    expect(usersIn(receiver)).toContainEqual({ id: linked.id, username: linked.username, externalIds });
    listening.process.kill('SIGTERM');
    expect((await listening.end).status).toBe(0);
  });

  it('sends the next entry of a user once the one before was accepted, and skips one that never is', async ({
    server,
  }) => {
    const { id, username } = await server.user();
    const receiver = await openReceiver(({ data: { sequence } }, before) => {
      if (sequence === 2) return 503;
      return before === 0 ? 500 : 204;
    });
    const token = await server.token(['points:read']);
    const listening = listen(token, receiver, '--url', apiOf(server), '--user', username);
    await listening.says(/whpk_/);
    for (let count = 0; count < 3; count++) await add(server, id, { points: 1 });
    await receiver.hasReceived(8);
    expect(sequencesIn(receiver)).toEqual([1, 1, 2, 2, 2, 2, 2, 3]);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
    await hasSaid(listening, `Forwarded the entry 3 of ${username}: HTTP 204.\n`);
    const lines = listening.said.stderr.split('\n').slice(1, 8);
    const failed = (pause: string) =>
      `Could not forward the entry 2 of ${username}: HTTP 503. It is sent again in ${pause} s.`;
    expect(lines).toEqual([
      `Could not forward the entry 1 of ${username}: HTTP 500. It is sent again in 0.5 s.`,
      `Forwarded the entry 1 of ${username}: HTTP 204.`,
      ...['0.5', '1', '2', '4'].map(failed),
      `Skipped the entry 2 of ${username}, which was not accepted in 5 attempts.`,
    ]);
  });

  it('ends with 0 at Ctrl-C while an entry waits to be sent again', async ({ server }) => {
    const { id, username } = await server.user();
    const receiver = await openReceiver(() => 500);
    const token = await server.token(['points:read']);
    const listening = listen(token, receiver, '--url', apiOf(server), '--user', username);
    await listening.says(/whpk_/);
    await add(server, id, { points: 1 });
    await receiver.hasReceived(2);
    listening.process.kill('SIGINT');
    const { status, stderr } = await listening.end;
    expect(status).toBe(0);
    expect(stderr).not.toContain('Skipped');
  });

  it('goes on after the last entry when the connection was lost, until the token is revoked', async ({ server }) => {
    const { id, username } = await server.user();
    const receiver = await openReceiver(() => 204);
    const token = await server.token(['points:read']);
    const line = await openLine(server);
    onTestFinished(() => line.close());
    const listening = listen(token, receiver, '--url', line.url, '--user', username);
    await listening.says(/whpk_/);
    await add(server, id, { points: 1 });
    await receiver.hasReceived(1);
    line.cut();
    for (let count = 0; count < 2; count++) await add(server, id, { points: 1 });
    await receiver.hasReceived(3);
    expect(sequencesIn(receiver)).toEqual([1, 2, 3]);
    expect(listening.said.stderr).toMatch(/^Lost the connection: .*\. Connecting again\.$/m);
    await server.send(everything, RevokeTokenDocument, { input: { id: token.id } });
    const { status, stderr } = await listening.end;
    expect(status).toBe(1);
    expect(stderr).toMatch(/\nscrip: The server refuses: the connection was closed with 4401 .*\n$/);
  });

  it('ends with 1 where the server refuses, or cannot be reached', async ({ server }) => {
    const receiver = await openReceiver(() => 204);
    const [reader, other] = [await server.token(['points:read']), await server.token(['posts:read'])];
    const end = async (...args: Parameters<typeof listen>) => await listen(...args).end;
    for (const [credential, args, message] of [
      [{ secret: 'nonsense' }, ['--url', apiOf(server)], /The server refuses: the connection was closed with 4401/],
      [other, ['--url', apiOf(server)], /The server refuses: Subscription\.pointsChanged requires `points:read`/],
      [other, ['--url', apiOf(server), '--user', 'admin'], /The server refuses: Subscription\.pointsChanged requires/],
      [reader, ['--url', apiOf(server), '--user', 'no-one'], /The server refuses: There is no such user\./],
      [reader, ['--url', 'http://127.0.0.1:9/graphql'], /Could not connect to http:\/\/127\.0\.0\.1:9\/graphql: .+/],
      [reader, ['--url', `${server.url}/elsewhere`], /Could not connect to \S+\/elsewhere: .+/],
    ] as const) {
      const { status, stderr } = await end(credential, receiver, ...args);
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(message) });
      expect(stderr).not.toContain(credential.secret);
    }
  });

  it('needs a token in the environment and URLs', async () => {
    const receiver = { url: 'http://127.0.0.1:9/' };
    for (const [secret, url, more, message] of [
      ['', receiver.url, [], 'Set the environment variable SCRIP_TOKEN to a token with points:read.'],
      [
        'x',
        'ftp://127.0.0.1/',
        [],
        /^option '--forward <url>' .* Write a URL that begins with http:\/\/ or https:\/\/\.$/,
      ],
      ['x', receiver.url, ['--url', 'here'], /^option '--url <url>' .* Write a URL that begins with http/],
    ] as const) {
      const { status, stdout, stderr } = await listen({ secret }, { url }, ...more).end;
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(typeof message === 'string' ? `scrip: ${message}\n` : /^scrip: .*\n$/);
      if (typeof message !== 'string') expect(stderr.slice('scrip: '.length).trimEnd()).toMatch(message);
    }
  });
});

const NONE: Receiver['received'][number] = { body: '', headers: {} };

const apiOf = ({ url }: TestServer) => `${url}/graphql`;

function listen(
  { secret }: { readonly secret: string },
  { url }: { readonly url: string },
  ...args: string[]
): Program {
  return startProcess({ env: { SCRIP_TOKEN: secret } }, ['listen', '--forward', url, ...args]);
}

interface Change {
  readonly points: number;
  readonly reason?: string;
  readonly reference?: string;
  readonly metadata?: { readonly key: string; readonly value: string }[];
}

async function add(server: TestServer, id: string, change: Change): Promise<void> {
  const { errors } = await server.send(everything, AddPointsDocument, { input: { user: { id }, ...change } });
  expect(errors).toBeUndefined();
}

const sequencesIn = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body).data.sequence);
const usersIn = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body).data.user);

async function hasSaid({ said }: Program, text: string): Promise<void> {
  await vi.waitUntil(() => said.stderr.includes(text), { timeout: 15_000 });
}
