import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { InFlight } from './in-flight.js';

/** How long a connection may stay that has not said anything yet. Browsers open some in advance. */
const SILENCE_MS = 500;

/** Whoever asked the process to stop kills it after 10 s. What is left of them is for the database. */
const ANSWERS_MS = 6_500;
const CONNECTIONS_MS = 7_000;

/**
 * Makes the end of service: no new connection is taken, what is in flight is answered, every connection is closed as
 * soon as it rests. What takes too long is answered without its result; who still holds a connection then loses it.
 */
export function createDrain(server: FastifyInstance, inFlight: InFlight): () => Promise<void> {
  const { server: http } = server;
  const sockets = new Set<Socket>();
  http.on('connection', (socket) => {
    if (sockets.has(socket)) return; // an upgrade that was ignored hands its connection over again
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const closeSilent = () => {
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };

  return async () => {
    // Node closes only what rests at the moment when it is asked, and holds a silent connection to be busy.
    const sweep = setInterval(() => http.closeIdleConnections(), 50);
    const timers = [
      setTimeout(closeSilent, SILENCE_MS),
      setTimeout(() => inFlight.giveUp(), ANSWERS_MS),
      setTimeout(() => http.closeAllConnections(), CONNECTIONS_MS),
    ];
    try {
      await server.close();
    } finally {
      clearInterval(sweep);
      for (const timer of timers) clearTimeout(timer);
    }
  };
}
