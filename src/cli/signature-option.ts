import { Option } from 'commander';
import type { Signature } from '../webhooks/keys.js';

/** How messages are signed, as the command line writes it. */
export type SignatureName = keyof typeof SIGNATURES;

export const SIGNATURES = { ed25519: 'ED25519', 'hmac-sha256': 'HMAC_SHA256' } as const satisfies Record<
  string,
  Signature
>;

/** Creates the option `--signature`. */
export function signatureOption(): Option {
  return new Option('--signature <scheme>', 'how messages are signed: by a key pair, or by a secret')
    .choices(Object.keys(SIGNATURES))
    .default('ed25519');
}
