import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Marks the secrets of app tokens, for people and for scanners of leaked secrets. */
const PREFIX = 'scrip_app_';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 43 base62 digits hold 256 bits, 6 hold the checksum's 32. */
const RANDOM_DIGITS = 43;
const CHECKSUM_DIGITS = 6;
const FORM = `${PREFIX}[0-9A-Za-z]{${RANDOM_DIGITS + CHECKSUM_DIGITS}}`;
const SECRET = new RegExp(`^${FORM}$`);
const ANYWHERE = new RegExp(FORM, 'g');

/** A new secret: the prefix, 256 random bits and a checksum, all of `[A-Za-z0-9_]`. */
export function generateSecret(): string {
  const body = PREFIX + base62(BigInt(`0x${randomBytes(32).toString('hex')}`));
  return body + checksum(body);
}

/** Whether a text has the form and the checksum of a secret. One that has not was never issued, and needs no look-up. */
export function isSecret(text: string): boolean {
  return SECRET.test(text) && checksum(text.slice(0, -CHECKSUM_DIGITS)) === text.slice(-CHECKSUM_DIGITS);
}

/** Every secret in a text, whatever surrounds it, with its index. */
export function secretsIn(text: string): { readonly secret: string; readonly index: number }[] {
  return [...text.matchAll(ANYWHERE)]
    .map(({ 0: secret, index }) => ({ secret, index }))
    .filter(({ secret }) => isSecret(secret));
}

/** What is stored of a secret: its SHA-256, 32 bytes. */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** The prefix and the last four characters, of the checksum or of a JWT's signature: too few to guess the rest. */
export function hintOf(secret: string): string {
  return `${secret.startsWith(PREFIX) ? PREFIX : 'eyJ'}…${secret.slice(-4)}`;
}

function checksum(body: string): string {
  let text = '';
  for (let rest = crc32(body); text.length < CHECKSUM_DIGITS; rest = Math.floor(rest / 62)) {
    text = ALPHABET.charAt(rest % 62) + text;
  }
  return text;
}

function base62(value: bigint): string {
  let text = '';
  for (let rest = value; text.length < RANDOM_DIGITS; rest /= 62n) text = ALPHABET.charAt(Number(rest % 62n)) + text;
  return text;
}
