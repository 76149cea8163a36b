import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { CreateWebhookDocument, RotateWebhookKeyDocument, TestWebhookDocument } from '../operations/generated.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import {
  createEntryHandler,
  createReceiver,
  type ReceiverOptions,
  type VerifyMessage,
  verifyByPublicKey,
  verifyBySecret,
} from './webhook-receiver.js';

const it = itWith({ WEBHOOK_PRIVATE_NETWORKS: 'on' });
let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

const SCHEMES = [
  ['ED25519', verifyByPublicKey],
  ['HMAC_SHA256', verifyBySecret],
] as const;

/** A receiver whose verification a test sets once it knows the key. */
async function receive(handle: ReceiverOptions['handle'] = async () => {}) {
  let verify: VerifyMessage = () => {
    throw new Error('There is no key yet.');
  };
  const url = await listen(createReceiver({ verify: (...message) => verify(...message), handle }));
  return { url, verifyWith: (other: VerifyMessage) => (verify = other) };
}

async function listen(receiver: Server): Promise<string> {
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    receiver.close();
    receiver.closeAllConnections();
  });
  // It listens on TCP.
  return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
}

async function create(server: TestServer, url: string, signature: (typeof SCHEMES)[number][0]) {
  const input = { url, signature, events: ['POINTS_ENTRY' as const] };
  const { webhook, secret } = (await server.send(admin, CreateWebhookDocument, { input })).data.createWebhook;
  return { id: webhook.id, key: webhook.publicKey ?? secret ?? '' };
}

const test = async (server: TestServer, id: string) =>
  (await server.send(admin, TestWebhookDocument, { id })).data.testWebhook;

describe.each(SCHEMES)('The example of a receiver, for %s', (signature, verifyBy) => {
  it('accepts what the webhook sends, with its id', async ({ server }) => {
    const handle = vi.fn(async () => {});
    const { url, verifyWith } = await receive(handle);
    const { id, key } = await create(server, url, signature);
    verifyWith(verifyBy(key));
    expect(await test(server, id)).toMatchObject({ delivered: true, status: 204, error: null });
    const message = { type: 'test', timestamp: expect.any(String), data: {} };
    expect(handle.mock.calls).toEqual([[message, expect.stringMatching(/^test\./)]]);
  });

  it('refuses what another key has signed, and accepts the former key and the new one in an overlap', async ({
    server,
  }) => {
    const { url, verifyWith } = await receive();
    const [{ id, key }, other] = [await create(server, url, signature), await create(server, url, signature)];
    verifyWith(verifyBy(other.key));
    expect(await test(server, id)).toMatchObject({ delivered: false, status: 401 });
    const rotated = (await server.send(admin, RotateWebhookKeyDocument, { id })).data.rotateWebhookKey;
    for (const valid of [key, rotated.secret ?? rotated.webhook.publicKey ?? '']) {
      verifyWith(verifyBy(valid));
      expect(await test(server, id)).toMatchObject({ delivered: true });
    }
  });

  it('refuses a message that was changed, one for another time and one that is old', async ({ server }) => {
    const received: Parameters<VerifyMessage>[] = [];
    const { url, verifyWith } = await receive();
    verifyWith((body, headers) => {
      received.push([body, headers]);
      return JSON.parse(body);
    });
    const { id, key } = await create(server, url, signature);
    await test(server, id);
    const [[body, headers] = ['', {}]] = received;
    const verify = verifyBy(key);
    const timestamp = Number(headers['webhook-timestamp']);
    expect(verify(body, headers).type).toBe('test');
    expect(() => verify(body.replace('test', 'text'), headers)).toThrow();
    expect(() => verify(body, { ...headers, 'webhook-id': 'another' })).toThrow();
    expect(() => verify(body, { ...headers, 'webhook-timestamp': String(timestamp + 1) })).toThrow();
    expect(() => verify(body, {})).toThrow();
    vi.useFakeTimers({ now: (timestamp + 301) * 1_000, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    expect(() => verify(body, headers)).toThrow();
  });
});

describe('The example of a receiver', () => {
  it('responds with 500 where the effect of a message failed, so that it is sent again', async ({ server }) => {
    const { url, verifyWith } = await receive(async () => {
      throw new Error('The database is not there.');
    });
    const { id, key } = await create(server, url, 'ED25519');
    verifyWith(verifyByPublicKey(key));
    expect(await test(server, id)).toMatchObject({ delivered: false, status: 500 });
  });

  it('has an entry that is sent twice take effect once, and passes over what it does not know', async () => {
    const apply = vi.fn(async () => {});
    const handle = createEntryHandler(apply);
    const entry = (userId: string, sequence: number) => ({
      type: 'points.entry',
      timestamp: '2026-11-30T12:00:00.000Z',
      data: { user: { id: userId }, sequence },
    });
    await handle({ ...entry('a', 1), type: 'test' }, 'test.1');
    apply.mockRejectedValueOnce(new Error('The database is not there.'));
    await expect(handle(entry('a', 1), 'a.1')).rejects.toThrow();
    for (const message of [entry('a', 1), entry('a', 1), entry('b', 1), entry('a', 2), entry('a', 1)]) {
      await handle(message, 'an id');
    }
    const applied = [entry('a', 1), entry('a', 1), entry('b', 1), entry('a', 2)].map(({ data }) => [data]);
    expect(apply.mock.calls).toEqual(applied); // the first one failed
  });
});
