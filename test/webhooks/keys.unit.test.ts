import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { secretKey } from '../../src/auth/signing-key.js';
import { createWebhookKeys, type Message, UnknownEncryptionKey } from '../../src/webhooks/keys.js';

const [first, second] = [secretKey('a'.repeat(32)), secretKey('b'.repeat(32))];
const ring = createWebhookKeys({ current: first, all: [first] });
const OF = { webhookId: '019e0000-0000-7000-8000-000000000001', number: 1 };
const message: Message = { id: 'an-id', timestamp: Math.floor(Date.now() / 1_000), body: '{"type":"test"}' };

const headersOf = ({ id, timestamp }: Message, signature: string) => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': signature,
});

/** The verification of `v1a`: https://github.com/standard-webhooks/standard-webhooks, "Signature scheme". */
function isSignedBy(publicKey: string, { id, timestamp, body }: Message, signature: string): boolean {
  const raw = Buffer.from(publicKey.slice('whpk_'.length), 'base64');
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const [version, code = ''] = signature.split(',');
  return version === 'v1a' && verify(null, Buffer.from(`${id}.${timestamp}.${body}`), key, Buffer.from(code, 'base64'));
}

describe('The keys of webhooks', () => {
  it('sign with HMAC_SHA256 what a library for Standard Webhooks verifies', () => {
    const { secret, ...encrypted } = ring.generate(OF, 'HMAC_SHA256');
    const headers = headersOf(message, ring.open(encrypted, 'HMAC_SHA256')(message));
    expect(new Webhook(secret ?? '').verify(message.body, headers)).toEqual({ type: 'test' });
    expect(() => new Webhook(secret ?? '').verify(`${message.body} `, headers)).toThrow();
  });

  it('sign with ED25519 what the public key verifies', () => {
    const { publicKey, secret, ...encrypted } = ring.generate(OF, 'ED25519');
    expect(secret).toBeNull();
    const signature = ring.open(encrypted, 'ED25519')(message);
    expect(isSignedBy(publicKey ?? '', message, signature)).toBe(true);
    expect(isSignedBy(publicKey ?? '', { ...message, timestamp: message.timestamp + 1 }, signature)).toBe(false);
  });

  it('are opened by a key of the ring alone, and not for another webhook or number', () => {
    const encrypted = ring.generate(OF, 'ED25519');
    const other = createWebhookKeys({ current: second, all: [second] });
    expect(() => other.open(encrypted, 'ED25519')).toThrow(UnknownEncryptionKey);
    expect(other.isKnown(encrypted.encryptedBy)).toBe(false);
    expect(() => ring.open({ ...encrypted, number: 2 }, 'ED25519')).toThrow();
    expect(() => ring.open({ ...encrypted, webhookId: OF.webhookId.replace('1', '2') }, 'ED25519')).toThrow();
  });

  it('are encrypted anew by the current key, and sign as before', () => {
    const encrypted = ring.generate(OF, 'ED25519');
    expect(ring.formerIds).toEqual([]);
    const rotated = createWebhookKeys({ current: second, all: [second, first] });
    expect(rotated.formerIds).toEqual([first.id]);
    const reencrypted = rotated.reencrypt(encrypted);
    expect(reencrypted).toMatchObject({ ...OF, encryptedBy: second.id });
    const alone = createWebhookKeys({ current: second, all: [second] });
    expect(alone.open(reencrypted, 'ED25519')(message)).toBe(ring.open(encrypted, 'ED25519')(message));
  });
});
