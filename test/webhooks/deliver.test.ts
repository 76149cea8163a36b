import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import {
  RedeliverWebhookDocument,
  RotateWebhookKeyDocument,
  TransferPointsDocument,
  UpdateWebhookDocument,
} from '../operations/generated.js';
import type { IssuedToken } from '../support/server.js';
import { isSignedByPublicKey, isSignedBySecret, startReceiver } from './receiver.js';
import { addTimes, it, makeWebhook, setBack, stateOf, writeEntries } from './sending.js';

let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

const idsOf = (userId: string, count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => `${userId}.${from + index}`);

describe('A webhook', () => {
  it('is sent each entry once, in order, signed by its key', async ({ server }) => {
    const receiver = await startReceiver();
    const { id: webhookId, publicKey } = await makeWebhook(server, admin, { url: receiver.url });
    const { id, username } = await server.user({ externalIds: [{ issuer: 'github', id: '42' }] });
    await addTimes(server, admin, id, 3);
    const messages = await receiver.accepts(3);
    expect(messages.map((message) => message.id)).toEqual(idsOf(id, 3));
    expect(messages.every((message) => isSignedByPublicKey(message, publicKey ?? ''))).toBe(true);
    const [first] = messages;
    expect(JSON.parse(first?.body ?? '')).toEqual({
      type: 'points.entry',
      timestamp: first?.data.createdAt,
      data: {
        ...{ id: `${id}.1`, user: { id, username, externalIds: [{ issuer: 'github', id: '42' }] } },
        ...{ kind: 'ADD', delta: 1, balanceAfter: 1, sequence: 1, reason: null, reference: null, metadata: [] },
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    });
    expect(first?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': `${id}.1` });
    expect(first?.headers['user-agent']).toMatch(/^Scrip\/\d/);
    await vi.waitFor(async () =>
      expect(await stateOf(server, admin, webhookId)).toMatchObject({
        pending: 0,
        lastFailure: null,
        lastDeliveredAt: expect.any(String),
      }),
    );
    await delay(500);
    expect(receiver.received).toHaveLength(3);
  });

  it('without users:link is sent no ids in other systems', async ({ server }) => {
    const receiver = await startReceiver();
    const maker = await server.token(['webhooks:write', 'points:read']);
    await makeWebhook(server, maker, { url: receiver.url });
    const { id } = await server.user({ externalIds: [{ issuer: 'github', id: '43' }] });
    await addTimes(server, admin, id, 1);
    const [message] = await receiver.accepts(1);
    expect(Object.keys(message?.data.user)).toEqual(['id', 'username']);
  });

  it('of one user is sent the entries of that user only', async ({ server }) => {
    const receiver = await startReceiver();
    const [one, other] = [await server.user(), await server.user()];
    await addTimes(server, admin, one.id, 2);
    await makeWebhook(server, admin, { url: receiver.url, user: { id: one.id } });
    await addTimes(server, admin, other.id, 2);
    await addTimes(server, admin, one.id, 2);
    expect((await receiver.accepts(2)).map(({ id }) => id)).toEqual(idsOf(one.id, 2, 3));
    await server.send(admin, TransferPointsDocument, {
      input: { from: { id: one.id }, to: { id: other.id }, points: 1 },
    });
    const transfer = (await receiver.accepts(3))[2];
    expect(transfer?.data).toMatchObject({ kind: 'TRANSFER_OUT', delta: -1, user: { id: one.id } });
    expect(receiver.received).toHaveLength(3);
  });

  it('with an HMAC key is verified by the package standardwebhooks', async ({ server }) => {
    const receiver = await startReceiver();
    const { secret } = await makeWebhook(server, admin, { url: receiver.url, signature: 'HMAC_SHA256' });
    const { id } = await server.user();
    await addTimes(server, admin, id, 1);
    const [message] = await receiver.accepts(1);
    expect(message && isSignedBySecret(message, secret ?? '')).toBe(true);
  });

  it.for(['ED25519', 'HMAC_SHA256'] as const)(
    'signs by both %s keys of a rotation, and then by the new one',
    async (signature, { server }) => {
      const receiver = await startReceiver();
      const { id: webhookId, publicKey, secret } = await makeWebhook(server, admin, { url: receiver.url, signature });
      const rotated = await server.send(admin, RotateWebhookKeyDocument, { id: webhookId, overlapSeconds: 3_600 });
      const { webhook, secret: newSecret } = rotated.data.rotateWebhookKey;
      const isSigned = (index: number, key: string | null | undefined) => {
        const message = receiver.accepted[index];
        if (message === undefined) throw new Error('There is no such message.');
        return signature === 'ED25519' ? isSignedByPublicKey(message, key ?? '') : isSignedBySecret(message, key ?? '');
      };
      const [before, after] = signature === 'ED25519' ? [publicKey, webhook.publicKey] : [secret, newSecret];
      const { id } = await server.user();
      await addTimes(server, admin, id, 1);
      await receiver.accepts(1);
      expect([isSigned(0, before), isSigned(0, after)]).toEqual([true, true]);
      await server.database.query(
        'update webhook_keys set expires_at = clock_timestamp() where webhook_id = $1 and number = 1',
        [webhookId],
      );
      await addTimes(server, admin, id, 1);
      await receiver.accepts(2);
      expect([isSigned(1, before), isSigned(1, after)]).toEqual([false, true]);
    },
  );

  it('sends what it was not sent for a day, of each user in order', { timeout: 60_000 }, async ({ server }) => {
    const receiver = await startReceiver();
    const { id: webhookId } = await makeWebhook(server, admin, { url: receiver.url });
    const users = await Promise.all([server.user(), server.user(), server.user()]);
    await server.database.query(`update webhooks set paused_at = now(), paused_because = 'REQUESTED' where id = $1`, [
      webhookId,
    ]);
    await setBack(server, webhookId);
    for (const { id } of users) await writeEntries(server, id, 150, '20 hours');
    for (const { id } of users) await writeEntries(server, id, 150, '1 hour');
    const [all] = await server.database.query('select count(*)::integer as count from entries');
    const count = Number(all?.['count']);
    expect(await stateOf(server, admin, webhookId)).toMatchObject({ pending: count });
    await server.database.query('update webhooks set paused_at = null, paused_because = null where id = $1', [
      webhookId,
    ]);
    const messages = await receiver.accepts(count);
    for (const { id } of users) {
      const own = messages.filter(({ data }) => data.user.id === id).map((message) => message.id);
      expect(own).toEqual(idsOf(id, 300));
    }
  });

  it('sends entries of a user once more, from a sequence on', async ({ server }) => {
    const receiver = await startReceiver();
    const { id: webhookId } = await makeWebhook(server, admin, { url: receiver.url });
    const { id } = await server.user();
    await addTimes(server, admin, id, 4);
    await receiver.accepts(4);
    await server.send(admin, RedeliverWebhookDocument, { input: { id: webhookId, user: { id }, fromSequence: 3 } });
    const messages = await receiver.accepts(6);
    expect(messages.slice(4).map((message) => message.id)).toEqual(idsOf(id, 2, 3));
    expect(messages[4]?.body).toBe(messages[2]?.body);
  });

  it('sends to a new URL from the change on', async ({ server }) => {
    const [before, after] = [await startReceiver(), await startReceiver()];
    const { id: webhookId } = await makeWebhook(server, admin, { url: before.url });
    const { id } = await server.user();
    await addTimes(server, admin, id, 1);
    await before.accepts(1);
    await server.send(admin, UpdateWebhookDocument, { input: { id: webhookId, url: after.url } });
    await addTimes(server, admin, id, 1);
    expect((await after.accepts(1)).map((message) => message.id)).toEqual([`${id}.2`]);
    expect(before.received).toHaveLength(1);
  });

  it('whose ledger was restored to an earlier point continues with what follows', async ({ server }) => {
    const receiver = await startReceiver();
    const { id: webhookId } = await makeWebhook(server, admin, { url: receiver.url });
    const [restored, other] = [await server.user(), await server.user()];
    await addTimes(server, admin, restored.id, 1);
    await receiver.accepts(1);
    const row = 'webhook_id = $1 and subject_id = $2';
    const isNoted = async () =>
      (
        await server.database.query(`select from webhook_deliveries where ${row} and next_at is null`, [
          webhookId,
          restored.id,
        ])
      ).length === 1;
    await vi.waitUntil(isNoted, { timeout: 5_000 });
    await server.database.query(
      `update webhook_deliveries set sequence = 9, next_at = clock_timestamp() where ${row}`,
      [webhookId, restored.id],
    );
    await addTimes(server, admin, other.id, 1);
    await receiver.accepts(2);
    await vi.waitUntil(() => server.log.some((line) => line.includes('webhook_ledger_behind')));
    await addTimes(server, admin, restored.id, 1);
    expect((await receiver.accepts(3))[2]?.id).toBe(`${restored.id}.2`);
  });
});
