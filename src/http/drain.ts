import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { InFlight } from './in-flight.js';

/** How long a connection may stay open that has sent nothing yet. Browsers open some in advance. */
const SILENT_MS = 500;

/** `docker stop` kills a process after 10 s. The time that is left is for the database. */
const OPERATIONS_MS = 6_500;
const CONNECTIONS_MS = 7_000;

/** The graceful stop of a server. */
export interface Drain {
  /** Whether the server was told to stop. */
  hasBegun(): boolean;
  /** Resolves when every connection is closed. */
  drain(): Promise<void>;
}

/**
 * Makes the graceful stop. For `seconds` requests are served, and each response closes its connection: a load balancer has the
 * time to send others elsewhere. Then no new connection is accepted, operations in flight end, and each connection is closed
 * as soon as it is idle. Operations that take too long time out, and connections that are still open then are closed.
 */
export function createDrain(server: FastifyInstance, inFlight: InFlight, seconds: number): Drain {
  const { server: http, connections } = server;
  let hasBegun = false;
  server.addHook('onRequest', (_request, reply, done) => {
    if (hasBegun) void reply.header('connection', 'close');
    done();
  });

  const close = async () => {
    // Node closes only what is idle at that moment, and takes a silent connection for a busy one.
    const sweep = setInterval(() => http.closeIdleConnections(), 50);
    const timers = [
      setTimeout(connections.closeSilent, SILENT_MS),
      setTimeout(() => inFlight.timeOutAll(), OPERATIONS_MS),
      setTimeout(() => http.closeAllConnections(), CONNECTIONS_MS),
    ];
    try {
      await server.close();
    } finally {
      clearInterval(sweep);
      for (const timer of timers) clearTimeout(timer);
    }
  };

  return {
    hasBegun: () => hasBegun,
    drain: async () => {
      hasBegun = true;
      if (seconds > 0) await delay(seconds * 1_000);
      await close();
    },
  };
}
