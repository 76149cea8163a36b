import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { refuse, sendAnswer } from './answer.js';

/**
 * Refuses what HTTP does not allow and Node either serves or answers by itself, without the headers of every response:
 * a request without exactly one `Host` (400; RFC 9112, section 3.2), and an expectation that is not met (417; RFC 9110,
 * section 10.1.1).
 */
export function registerRequestChecks(server: FastifyInstance): void {
  server.server.on('checkExpectation', (request, response) => server.routing(request, response));
  server.addHook('onRequest', (request, reply, done) => {
    const fault = findFault(request.raw);
    if (fault === undefined) return done();
    const { status, message } = fault;
    // A body may follow that is not read.
    sendAnswer(reply, { ...refuse({ code: 'BAD_REQUEST', message, headers: { connection: 'close' } }), status });
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
  return { status: 417, message: 'The only expectation that is met is 100-continue.' };
}

/** Of two, `headers` has the first alone. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}
