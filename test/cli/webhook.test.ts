import { describe, expect } from 'vitest';
import { verifyByPublicKey, verifyBySecret } from '../client/webhook-receiver.js';
import { AddPointsDocument, WebhookDocument } from '../operations/generated.js';
import { JWT_SECRET, scrip } from '../process/program.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { openReceiver } from './receiver.js';

const it = itWith({ JWT_SECRET, WEBHOOK_PRIVATE_NETWORKS: 'on' });
let everything: IssuedToken;
it.beforeAll(async ({ server }) => {
  everything = await server.everything();
  await server.user({ username: 'bob' });
});

const NO_SUCH = { status: 1, stdout: '', stderr: 'scrip: There is no such webhook.\n' };
const HOOK = 'http://127.0.0.1:9/hook';

describe('scrip webhook create', () => {
  it('makes a webhook of an administrator and prints its public key alone', async ({ server }) => {
    const { status, stdout, stderr } = await webhook(server, 'create', HOOK, '--event', 'points.entry', ...ADMIN);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^whpk_[A-Za-z0-9+/]{43}=\n$/);
    expect(stderr).toMatch(/^Made the webhook [0-9a-f-]{36}, which belongs to admin\. Its public key:\n$/);
    const { data } = await server.send(everything, WebhookDocument, { id: idIn(stderr) });
    expect(data.webhook).toMatchObject({
      url: HOOK,
      events: ['POINTS_ENTRY'],
      user: null,
      state: 'ACTIVE',
      publicKey: stdout.trim(),
      token: null,
    });
  });

  it('prints a secret, which nothing else shows, and everything about the webhook as JSON', async ({ server }) => {
    const events = ['--event', 'hold.ended', '--event', 'points.entry', '--event', 'hold.ended'];
    const more = [...events, '--user', 'BOB', '--signature', 'hmac-sha256', '--json'];
    const { status, stdout, stderr } = await webhook(server, 'create', HOOK, ...more, ...ADMIN);
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('shown this once') });
    const { secret, webhook: made } = JSON.parse(stdout);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(stderr).not.toContain(secret);
    expect(made).toEqual({
      id: idIn(stderr),
      url: HOOK,
      events: ['hold.ended', 'points.entry'],
      user: { id: expect.any(String), username: 'bob' },
      state: 'ACTIVE',
      pausedAt: null,
      pausedBecause: null,
      pausedReason: null,
      signature: 'HMAC_SHA256',
      publicKey: null,
      createdBy: { id: expect.any(String), username: 'admin' },
      tokenId: null,
      createdAt: expect.any(String),
      pending: 0,
      lastDeliveredAt: null,
      lastFailureAt: null,
      lastFailure: null,
      nextAttemptAt: null,
    });
    const listed = await webhook(server, 'list', '--json');
    expect(JSON.parse(listed.stdout)).toContainEqual(made);
    expect(listed.stdout).not.toContain(secret);
  });

  it.for([
    [['--event', 'points.entry', '--owner', 'bob'], 2, 'The owner does not hold points:read. Name an ADMIN.'],
    [['--event', 'points.entry', '--owner', 'no-one'], 1, 'There is no such user.'],
    [['--event', 'points.entry', '--owner', 'admin', '--user', 'no-one'], 1, 'There is no such user.'],
    [['--event', 'POINTS', '--owner', 'admin'], 2, /^option '--event <name>' .* The events are points\.entry, hold/],
    [['--owner', 'admin'], 2, "required option '--event <name>' not specified"],
    [['--event', 'points.entry'], 2, "required option '--owner <name>' not specified"],
    [
      ['--event', 'points.entry', '--owner', 'admin', '--signature', 'rsa'],
      2,
      /Allowed choices are ed25519, hmac-sha256/,
    ],
  ] as const)('says in one line why %j is refused', async ([args, status, message], { server }) => {
    const end = await webhook(server, 'create', HOOK, ...args);
    expect(end).toMatchObject({ status, stdout: '' });
    const [line, ...rest] = end.stderr.split('\n');
    expect(rest).toEqual(['']);
    if (typeof message === 'string') expect(line).toBe(`scrip: ${message}`);
    else expect(line?.slice('scrip: '.length)).toMatch(message);
  });

  it('refuses a URL in a private network unless WEBHOOK_PRIVATE_NETWORKS is on', async ({ server }) => {
    const env = { ...envOf(server), WEBHOOK_PRIVATE_NETWORKS: 'off' };
    const args = ['webhook', 'create', 'https://127.0.0.1/hook', '--event', 'points.entry', ...ADMIN];
    const { status, stdout, stderr } = await scrip(args, { env });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: The host of the URL has an address that webhooks may not reach: .*\n$/);
  });
});

describe('scrip webhook list', () => {
  it('prints a table, newest first, with the state and what waits', async ({ server }) => {
    const url = 'http://127.0.0.1:9/a%20path';
    const id = await create(server, url, '--event', 'points.entry', '--event', 'user.deleted', '--user', 'bob');
    await webhook(server, 'pause', id);
    const added = await server.send(everything, AddPointsDocument, { input: { user: { username: 'bob' }, points: 5 } });
    expect(added.errors).toBeUndefined();
    const { status, stdout, stderr } = await webhook(server, 'list');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [heading, first] = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(heading).toEqual([
      'ID',
      'STATE',
      'OWNER',
      'EVENTS',
      'USER',
      'PENDING',
      'LAST DELIVERED',
      'LAST FAILURE',
      'URL',
    ]);
    expect(first).toEqual([id, 'paused', 'admin', 'points.entry,user.deleted', 'bob', '1', 'never', 'none', url]);
  });
});

describe('scrip webhook pause and scrip webhook resume', () => {
  it('pause a webhook and resume it; a second time is no error', async ({ server }) => {
    const id = await create(server, HOOK, '--event', 'points.entry');
    for (const [command, done, state] of [
      ['pause', 'Paused', 'PAUSED'],
      ['resume', 'Resumed', 'ACTIVE'],
    ] as const) {
      for (let time = 0; time < 2; time++) {
        expect(await webhook(server, command, id)).toEqual({
          status: 0,
          stdout: '',
          stderr: `${done} the webhook ${id}.\n`,
        });
        const { data } = await server.send(everything, WebhookDocument, { id });
        expect(data.webhook).toMatchObject({
          state,
          pausedBecause: state === 'PAUSED' ? 'REQUESTED' : null,
          pausedReason: state === 'PAUSED' ? 'It was paused on the command line.' : null,
        });
      }
    }
  });

  it('resume it without what happened meanwhile, with --from-now', async ({ server }) => {
    const { username } = await server.user();
    const id = await create(server, HOOK, '--event', 'points.entry', '--user', username);
    await webhook(server, 'pause', id);
    await server.send(everything, AddPointsDocument, { input: { user: { username }, points: 5 } });
    const pending = async () => (await server.send(everything, WebhookDocument, { id })).data.webhook.pending;
    expect(await pending()).toBe(1);
    expect((await webhook(server, 'resume', id, '--from-now')).status).toBe(0);
    expect(await pending()).toBe(0);
  });
});

describe('scrip webhook test', () => {
  it.for([
    ['ed25519', verifyByPublicKey],
    ['hmac-sha256', verifyBySecret],
  ] as const)('sends a message that %s signs, and ends with 0', async ([signature, verifyBy], { server }) => {
    const { url, received } = await openReceiver(() => 204);
    const made = await webhook(server, 'create', url, '--event', 'points.entry', '--signature', signature, ...ADMIN);
    const { status, stdout, stderr } = await webhook(server, 'test', idIn(made.stderr));
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(/^Delivered: HTTP 204, after \d+ ms\.\n$/);
    expect(received.map(({ body, headers }) => verifyBy(made.stdout.trim())(body, headers).type)).toEqual(['test']);
  });

  it('ends with 1 where the message is not accepted, and says why', async ({ server }) => {
    const { url } = await openReceiver(() => 500);
    const id = await create(server, url, '--event', 'points.entry');
    const { status, stdout, stderr } = await webhook(server, 'test', id);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^Not delivered: HTTP 500, after \d+ ms\.\n$/);
  });
});

describe('scrip webhook rotate-key', () => {
  it('prints a new key, and the former one signs too during the overlap', async ({ server }) => {
    const { url, received } = await openReceiver(() => 204);
    const made = await webhook(server, 'create', url, '--event', 'points.entry', ...ADMIN);
    const id = idIn(made.stderr);
    const rotated = await webhook(server, 'rotate-key', id, '--overlap', '60');
    expect(rotated).toMatchObject({ status: 0, stderr: `The webhook ${id} has a new key. Its public key:\n` });
    expect(rotated.stdout).toMatch(/^whpk_/);
    await webhook(server, 'test', id);
    const last = await webhook(server, 'rotate-key', id, '--overlap', '0');
    await webhook(server, 'test', id);
    const [both, one] = received;
    for (const [key, message, isValid] of [
      [made.stdout, both, true],
      [rotated.stdout, both, true],
      [made.stdout, one, false],
      [rotated.stdout, one, false],
      [last.stdout, one, true],
    ] as const) {
      const verify = () => verifyByPublicKey(key.trim())(message?.body ?? '', message?.headers ?? {});
      if (isValid) expect(verify().type).toBe('test');
      else expect(verify).toThrow();
    }
  });

  it.for(['604801', '-1', 'a day'])('says in one line that an overlap of %s is bad', async (overlap, { server }) => {
    const { status, stdout, stderr } = await webhook(server, 'rotate-key', 'an id', `--overlap=${overlap}`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .*Write the seconds, 0 to 604800\.\n$/);
  });
});

describe('scrip webhook redeliver', () => {
  it('has entries wait to be sent once more, from a sequence on', async ({ server }) => {
    const { username } = await server.user();
    for (let count = 0; count < 3; count++) {
      await server.send(everything, AddPointsDocument, { input: { user: { username }, points: 5 } });
    }
    const id = await create(server, HOOK, '--event', 'points.entry', '--user', username);
    await webhook(server, 'pause', id);
    const end = await webhook(server, 'redeliver', id, '--user', username, '--from', '2');
    const stderr = `The webhook ${id} is sent the entries of ${username} from 2 on.\n`;
    expect(end).toEqual({ status: 0, stdout: '', stderr });
    expect((await server.send(everything, WebhookDocument, { id })).data.webhook.pending).toBe(2);
    const beyond = await webhook(server, 'redeliver', id, '--user', username, '--from', '4');
    expect(beyond).toEqual({ status: 2, stdout: '', stderr: 'scrip: The user has the entries 1 to 3.\n' });
  });
});

describe('scrip webhook delete', () => {
  it('deletes a webhook', async ({ server }) => {
    const id = await create(server, HOOK, '--event', 'points.entry');
    expect(await webhook(server, 'delete', id)).toEqual({
      status: 0,
      stdout: '',
      stderr: `Deleted the webhook ${id}.\n`,
    });
    expect(await webhook(server, 'delete', id)).toEqual(NO_SUCH);
  });
});

describe('The commands that change a webhook', () => {
  it.for([['pause'], ['resume'], ['test'], ['delete'], ['rotate-key'], ['redeliver', '--user', 'bob', '--from', '1']])(
    'are refused for an id that no webhook has: %s',
    async ([command = '', ...args], { server }) => {
      expect(await webhook(server, command, 'no-id', ...args)).toEqual(NO_SUCH);
      expect((await webhook(server, command)).status).toBe(2);
    },
  );
});

const ADMIN = ['--owner', 'admin'];

async function create(server: TestServer, url: string, ...args: string[]): Promise<string> {
  return idIn((await webhook(server, 'create', url, ...args, ...ADMIN)).stderr);
}

function idIn(stderr: string): string {
  return /webhook ([0-9a-f-]{36})/.exec(stderr)?.[1] ?? '';
}

async function webhook(server: TestServer, ...args: string[]) {
  return await scrip(['webhook', ...args], { env: envOf(server) });
}

function envOf(server: TestServer) {
  return { JWT_SECRET, DATABASE_URL: server.database.url, WEBHOOK_PRIVATE_NETWORKS: 'on' };
}
