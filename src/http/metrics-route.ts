import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { bearerOf } from '../auth/authenticate.js';
import { credentialHeaders } from '../auth/authenticate-headers.js';
import { wwwAuthenticate } from '../auth/challenge.js';
import { refuse, sendAnswer } from './answer.js';
import type { Metrics } from './metrics.js';

/**
 * Serves `/metrics`.
 *
 * @param options.token what a request has to carry as its bearer token, else it is refused with 401; undefined: nothing.
 */
export function registerMetrics(
  server: FastifyInstance,
  { metrics, token }: { readonly metrics: Metrics; readonly token: string | undefined },
): void {
  const isAllowed = token === undefined ? () => true : createComparison(token);
  server.get('/metrics', async (request, reply) => {
    const { authorization = [] } = credentialHeaders(request.raw.rawHeaders);
    if (isAllowed(bearerOf(authorization))) return reply.type(metrics.contentType).send(await metrics.text());
    return sendAnswer(reply, authorization.length === 0 ? TOKEN_MISSING : TOKEN_INVALID);
  });
}

/** Compares in a time that tells nothing about the secret: hashes are of one length, and differ throughout. */
function createComparison(secret: string): (sent: string | undefined) => boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  const expected = hash(secret);
  return (sent) => sent !== undefined && timingSafeEqual(hash(sent), expected);
}

const TOKEN_MISSING = refuse({
  code: 'UNAUTHENTICATED',
  message: 'Send the token that METRICS_TOKEN names, as `Authorization: Bearer <token>`.',
  extensions: { reason: 'TOKEN_MISSING' },
  headers: { 'www-authenticate': wwwAuthenticate({ error: 'missing' }) },
});

const TOKEN_INVALID = refuse({
  code: 'UNAUTHENTICATED',
  message: 'The token is not the one that METRICS_TOKEN names.',
  extensions: { reason: 'TOKEN_INVALID' },
  headers: { 'www-authenticate': wwwAuthenticate({ error: 'invalid_token' }) },
});
