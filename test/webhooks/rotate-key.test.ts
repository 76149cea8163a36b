import { describe, expect } from 'vitest';
import { CreateWebhookDocument, RotateWebhookKeyDocument, type WebhookSignature } from '../operations/generated.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({ WEBHOOK_PRIVATE_NETWORKS: 'on' });
let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

async function create(server: TestServer, signature: WebhookSignature) {
  const input = { url: 'http://127.0.0.1:9/', events: ['POINTS_ENTRY' as const], signature };
  return (await server.send(admin, CreateWebhookDocument, { input })).data.createWebhook;
}

describe('Mutation.rotateWebhookKey', () => {
  it('returns another public key for ED25519, and another secret for HMAC_SHA256', async ({ server }) => {
    const asymmetric = await create(server, 'ED25519');
    const rotated = (await server.send(admin, RotateWebhookKeyDocument, { id: asymmetric.webhook.id })).data;
    expect(rotated.rotateWebhookKey).toEqual({
      webhook: { id: asymmetric.webhook.id, publicKey: expect.stringMatching(/^whpk_/) },
      secret: null,
    });
    expect(rotated.rotateWebhookKey.webhook.publicKey).not.toBe(asymmetric.webhook.publicKey);
    const symmetric = await create(server, 'HMAC_SHA256');
    const { secret } = (await server.send(admin, RotateWebhookKeyDocument, { id: symmetric.webhook.id })).data
      .rotateWebhookKey;
    expect(secret).toMatch(/^whsec_/);
    expect(secret).not.toBe(symmetric.secret);
  });

  it('ends the former keys after the overlap, and never later than they would have', async ({ server }) => {
    const { id } = (await create(server, 'ED25519')).webhook;
    await server.send(admin, RotateWebhookKeyDocument, { id, overlapSeconds: 60 });
    await server.send(admin, RotateWebhookKeyDocument, { id, overlapSeconds: 600 });
    const keys = await server.database.query(
      `select number, round(extract(epoch from expires_at - created_at) / 60)::int as minutes, expires_at > now() as signs
         from webhook_keys where webhook_id = $1 order by number`,
      [id],
    );
    expect(keys).toEqual([
      { number: 1, minutes: 1, signs: true },
      { number: 2, minutes: 10, signs: true },
      { number: 3, minutes: null, signs: null },
    ]);
  });

  it('refuses a sixth key that signs, until the others are ended by an overlap of 0', async ({ server }) => {
    const { id } = (await create(server, 'ED25519')).webhook;
    for (let number = 2; number <= 5; number += 1) await server.send(admin, RotateWebhookKeyDocument, { id });
    const refused = await server.send(admin, RotateWebhookKeyDocument, { id });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.overlapSeconds' });
    expect((await server.send(admin, RotateWebhookKeyDocument, { id, overlapSeconds: 0 })).errors).toBeUndefined();
  });

  it.for([-1, 604_801])('refuses an overlap of %i seconds', async (overlapSeconds, { server }) => {
    const { id } = (await create(server, 'ED25519')).webhook;
    const refused = await server.send(admin, RotateWebhookKeyDocument, { id, overlapSeconds });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.overlapSeconds' });
  });

  it('stores private keys and secrets encrypted only', async ({ server }) => {
    const { webhook, secret } = await create(server, 'HMAC_SHA256');
    const [key] = await server.database.query(
      `select encode(sealed, 'hex') as sealed, public_key from webhook_keys where webhook_id = $1`,
      [webhook.id],
    );
    const bytes = Buffer.from((secret ?? '').slice('whsec_'.length), 'base64');
    expect(key).toEqual({ public_key: null, sealed: expect.stringMatching(/^[0-9a-f]{120}$/) });
    expect(key?.['sealed']).not.toContain(bytes.toString('hex'));
  });
});
