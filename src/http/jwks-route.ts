import type { FastifyInstance } from 'fastify';
import type { Keyring } from '../auth/keyring.js';

/** For how long others may keep the key set: a next key is published for longer than this before it signs. */
const MAX_AGE_SECONDS = 300;

/**
 * Serves the public keys that our tokens can be verified with (RFC 7517): those of the past, the present and the next.
 * A secret of HS256 is nobody else's business, so that with secrets alone the set is empty.
 */
export function registerJwks(server: FastifyInstance, keyring: Keyring): void {
  const keys = keyring.all.flatMap(({ publicJwk }) => publicJwk ?? []);
  server.get('/.well-known/jwks.json', (_request, reply) =>
    reply
      .type('application/jwk-set+json')
      .header('cache-control', `public, max-age=${MAX_AGE_SECONDS}`)
      .send(JSON.stringify({ keys })),
  );
}
