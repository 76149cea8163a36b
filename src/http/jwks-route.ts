import type { FastifyInstance } from 'fastify';
import type { Keyring } from '../auth/keyring.js';

/** For how long the key set may be cached: the next key is published for longer than this before it signs. */
const MAX_AGE_SECONDS = 300;

/**
 * Serves the public keys that tokens of this server can be verified with (RFC 7517): the previous, the current and the next.
 * A secret of HS256 is never published, so that the set is empty where only secrets are configured.
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
