/**
 * The keys that webhooks are signed with: made, encrypted for the database, and used. The scheme is that of Standard Webhooks
 * 1.0 (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import type { Keyring } from '../auth/keyring.js';

export type Signature = 'ED25519' | 'HMAC_SHA256';

/** A key of one webhook, as it is stored: encrypted. */
export interface EncryptedKey {
  readonly webhookId: string;
  /** Counts the keys of the webhook from 1. */
  readonly number: number;
  readonly encrypted: Buffer;
  /** The id of the signing key that the encryption is derived from. */
  readonly encryptedBy: string;
}

/** What a receiver verifies with. */
interface ReceiversKey {
  /** `whpk_` and 32 bytes in base64; null for HMAC_SHA256. */
  readonly publicKey: string | null;
  /** `whsec_` and 32 bytes in base64; null for ED25519. It is stored nowhere. */
  readonly secret: string | null;
}

/** A new key, encrypted. */
export interface NewKey extends EncryptedKey, ReceiversKey {}

/** What is signed: a message of Standard Webhooks. */
export interface Message {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** Signs messages with one key; the result is one item of `webhook-signature`. */
export type Sign = (message: Message) => string;

/** The key that encrypted a webhook's key is not configured. */
export class UnknownEncryptionKey extends Error {}

export interface WebhookKeys {
  /** Whether the signing key of this id is configured, by which a webhook's key was encrypted. */
  isKnown(encryptedBy: string): boolean;
  generate(of: Pick<EncryptedKey, 'webhookId' | 'number'>, signature: Signature): NewKey;
  /** @throws UnknownEncryptionKey */
  open(key: EncryptedKey, signature: Signature): Sign;
  /** The ids of the signing keys that keys may be encrypted by, but for the current one. */
  readonly formerIds: readonly string[];
  /** The same key, encrypted by the current signing key. @throws UnknownEncryptionKey */
  reencrypt(key: EncryptedKey): EncryptedKey;
}

/** The prefix of a PKCS #8 private key of Ed25519, before its 32 bytes: RFC 8410, section 7. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Private keys and secrets are encrypted with AES-256-GCM, by a key derived from the signing key of tokens: a stolen database
 * signs nothing. A row that is copied to another webhook cannot be decrypted there.
 */
export function createWebhookKeys({ current, all }: Keyring): WebhookKeys {
  const encryptionKeys = new Map(all.map(({ id, derive }) => [id, derive('webhook keys')]));

  const encryptionKey = (id: string): Buffer => {
    const key = encryptionKeys.get(id);
    if (key === undefined)
      throw new UnknownEncryptionKey('The key of a webhook was encrypted by a key that is not configured.');
    return key;
  };

  const encrypt = ({ webhookId, number }: Pick<EncryptedKey, 'webhookId' | 'number'>, key: Buffer): EncryptedKey => {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', encryptionKey(current.id), iv).setAAD(nameOf({ webhookId, number }));
    const encrypted = Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
    return { webhookId, number, encrypted, encryptedBy: current.id };
  };

  const decrypt = ({ webhookId, number, encrypted, encryptedBy }: EncryptedKey): Buffer => {
    const decipher = createDecipheriv('aes-256-gcm', encryptionKey(encryptedBy), encrypted.subarray(0, IV_BYTES))
      .setAAD(nameOf({ webhookId, number }))
      .setAuthTag(encrypted.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(encrypted.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  };

  return {
    isKnown: (encryptedBy) => encryptionKeys.has(encryptedBy),
    generate: (of, signature) => {
      const { key, ...shown } = generateKey(signature);
      return { ...encrypt(of, key), ...shown };
    },
    open: (key, signature) => signerOf(decrypt(key), signature),
    formerIds: all.flatMap(({ id }) => (id === current.id ? [] : [id])),
    reencrypt: (key) => encrypt(key, decrypt(key)),
  };
}

/** Makes a key of 32 bytes, for `signerOf`, and what its receiver verifies with. */
export function generateKey(signature: Signature): ReceiversKey & { readonly key: Buffer } {
  if (signature === 'HMAC_SHA256') {
    const key = randomBytes(KEY_BYTES);
    return { key, publicKey: null, secret: `whsec_${key.toString('base64')}` };
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-KEY_BYTES);
  return { key, publicKey: `whpk_${rawPublicKey(publicKey).toString('base64')}`, secret: null };
}

/** Signs with a key of 32 bytes: the private key of Ed25519, or the secret of HMAC-SHA-256. */
export function signerOf(key: Buffer, signature: Signature): Sign {
  if (signature === 'HMAC_SHA256')
    return (message) => `v1,${createHmac('sha256', key).update(signedContent(message)).digest('base64')}`;
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, key]), format: 'der', type: 'pkcs8' });
  return (message) => `v1a,${sign(null, Buffer.from(signedContent(message)), privateKey).toString('base64')}`;
}

function signedContent({ id, timestamp, body }: Message): string {
  return `${id}.${timestamp}.${body}`;
}

function nameOf({ webhookId, number }: Pick<EncryptedKey, 'webhookId' | 'number'>): Buffer {
  return Buffer.from(`${webhookId} ${number}`);
}

/** The last 32 bytes of its SubjectPublicKeyInfo: RFC 8410, section 4. */
function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
}
