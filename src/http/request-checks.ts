import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { refuse } from '../graphql/outcome.js';
import { sendOutcome } from './response.js';

/**
 * Refuses requests that HTTP does not allow, which Node either serves or refuses itself, without the headers of every response:
 * a request without exactly one `Host` (400; RFC 9112, section 3.2), and an expectation that is not met (417; RFC 9110,
 * section 10.1.1).
 */
export function registerRequestChecks(server: FastifyInstance): void {
  server.server.on('checkExpectation', (request, response) => server.routing(request, response));
  server.addHook('onRequest', (request, reply, done) => {
    const fault = findFault(request.raw);
    if (fault === undefined) return done();
    const { status, message } = fault;
    // It closes the connection, since a body may follow that is not read.
    sendOutcome(reply, refuse({ code: 'BAD_REQUEST', message }, { connection: 'close' }), { status });
  });
}

interface Fault {
  readonly status: number;
  readonly message: string;
}

function findFault({ httpVersion, headers, rawHeaders }: IncomingMessage): Fault | undefined {
  const hosts = countHosts(rawHeaders);
  if (hosts > 1) return { status: 400, message: 'Send one Host header.' };
  if (httpVersion !== '1.1') return undefined;
  if (hosts === 0) return { status: 400, message: 'Send a Host header.' };
  const { expect } = headers;
  if (expect === undefined || /(?:^|\W)100-continue(?:$|\W)/i.test(expect)) return undefined;
  return { status: 417, message: 'The only expectation that this server meets is 100-continue.' };
}

/** `headers` holds only the first of two. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}
