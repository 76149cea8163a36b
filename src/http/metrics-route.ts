import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { bearerOf, credentialHeaders } from '../auth/authenticate.js';
import { wwwAuthenticate } from '../auth/challenge.js';
import { refuse } from '../graphql/outcome.js';
import type { Metrics } from './metrics.js';
import { sendOutcome } from './response.js';

/**
 * Serves `/metrics`.
 *
 * @param options.token the bearer token that a request must carry, else it is refused with 401; undefined: none.
 */
export function registerMetrics(
  server: FastifyInstance,
  { metrics, token }: { readonly metrics: Metrics; readonly token: string | undefined },
): void {
  const isAllowed = token === undefined ? () => true : createComparison(token);
  server.get('/metrics', async (request, reply) => {
    const { authorization = [] } = credentialHeaders(request.raw.rawHeaders);
    if (isAllowed(bearerOf(authorization))) return reply.type(metrics.contentType).send(await metrics.text());
    return sendOutcome(reply, authorization.length === 0 ? TOKEN_MISSING : TOKEN_INVALID);
  });
}

/** Compares in constant time: hashes have one length, and differ in every byte. */
function createComparison(secret: string): (sent: string | undefined) => boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  const expected = hash(secret);
  return (sent) => sent !== undefined && timingSafeEqual(hash(sent), expected);
}

const TOKEN_MISSING = refuse(
  {
    code: 'UNAUTHENTICATED',
    message: 'Send the token that METRICS_TOKEN names, as `Authorization: Bearer <token>`.',
    reason: 'TOKEN_MISSING',
  },
  { 'www-authenticate': wwwAuthenticate({ error: 'missing' }) },
);

const TOKEN_INVALID = refuse(
  {
    code: 'UNAUTHENTICATED',
    message: 'The token is not the one that METRICS_TOKEN names.',
    reason: 'TOKEN_INVALID',
  },
  { 'www-authenticate': wwwAuthenticate({ error: 'invalid_token' }) },
);
