import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

/** A key that signs tokens, with one algorithm only: RFC 8725, section 3.1. */
export interface SigningKey {
  /** The `kid` of the tokens it signs. */
  readonly id: string;
  readonly algorithm: 'HS256' | 'ES256' | 'RS256';
  readonly signing: KeyObject;
  /** A public key; for HS256 the secret. */
  readonly verifying: KeyObject;
  /** The key in a JWK Set; undefined for HS256, which has no public key. */
  readonly publicJwk: JsonWebKey | undefined;
  /** 32 bytes for another purpose, from which the key cannot be computed: HKDF-SHA-256, RFC 5869. */
  derive(purpose: string): Buffer;
}

/** A key that cannot be used. The message says why and contains nothing of the key. */
export class UnusableKey extends Error {}

/** As many as the output of HS256: RFC 7518, section 3.2. */
const MIN_SECRET_BYTES = 32;

/**
 * A key for HS256: the bytes of the secret's UTF-8.
 *
 * @throws UnusableKey for fewer than 32 bytes.
 */
export function secretKey(secret: string): SigningKey {
  const bytes = Buffer.from(secret);
  if (bytes.length < MIN_SECRET_BYTES) throw new UnusableKey(`it has fewer than ${MIN_SECRET_BYTES} bytes`);
  const key = createSecretKey(bytes);
  const derive = derivation(bytes);
  return {
    id: derive('key id').subarray(0, 12).toString('base64url'),
    algorithm: 'HS256',
    signing: key,
    verifying: key,
    publicJwk: undefined,
    derive,
  };
}

/**
 * A key for ES256 or RS256, by its type: a private key in PEM, without a passphrase.
 *
 * @throws UnusableKey for anything but an EC key on P-256 and an RSA key of at least 2048 bits (RFC 7518, section 3.3).
 */
export function privateKey(pem: string): SigningKey {
  const key = parsePem(pem);
  const algorithm = algorithmOf(key);
  const verifying = createPublicKey(key);
  const jwk = verifying.export({ format: 'jwk' });
  const id = thumbprint(jwk);
  return {
    id,
    algorithm,
    signing: key,
    verifying,
    publicJwk: { ...jwk, kid: id, use: 'sig', alg: algorithm },
    // From the DER encoding: the same key in another PEM file derives the same.
    derive: derivation(key.export({ type: 'pkcs8', format: 'der' })),
  };
}

function parsePem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new UnusableKey('it holds no private key in PEM without a passphrase');
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): 'ES256' | 'RS256' {
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) return 'RS256';
  throw new UnusableKey('it is neither an EC key on the curve P-256 nor an RSA key of at least 2048 bits');
}

/** RFC 7638: the hash of the required members, in the order of their names. */
function thumbprint({ crv, e, kty, n, x, y }: JsonWebKey): string {
  const required = kty === 'EC' ? { crv, kty, x, y } : { e, kty, n };
  return createHash('sha256').update(JSON.stringify(required)).digest('base64url');
}

function derivation(material: Buffer): (purpose: string) => Buffer {
  return (purpose) => Buffer.from(hkdfSync('sha256', material, '', `scrip ${purpose}`, 32));
}
