/** The connections of a server: their limits, and which of them may be closed. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { parseAddress } from '../auth/actor.js';
import { networkOf } from '../auth/network.js';
import type { Config } from '../config.js';

declare module 'fastify' {
  interface FastifyInstance {
    connections: Connections;
  }
}

interface ConnectionLimits {
  /** Open connections of all clients. */
  readonly max: number;
  /** Whether the peer is a reverse proxy, whose connections are those of many clients. */
  readonly isProxy: (address: string) => boolean;
}

export interface Connections {
  /** Records that a connection serves HTTP no longer: it is never closed for being idle. */
  upgraded(socket: Socket): void;
  /** Closes the connections that have sent nothing yet. */
  closeSilent(): void;
}

type State =
  /** It has sent no request yet. */
  | { readonly kind: 'OPENED' }
  | { readonly kind: 'HTTP'; readonly requestsInProgress: number }
  | { readonly kind: 'UPGRADED' };

/** Open connections of all clients, 50 KB each. */
export function maxConnections({ sockets }: Config['limits']): number {
  return 10_000 + sockets;
}

/** Connections of one network. */
const perNetwork = (max: number) => Math.ceil(max / 5);

/** Above this many connections, those that wait for their client's next request are closed. */
const crowded = (max: number) => Math.floor(max * 0.9);

/**
 * Bounds the connections, WebSockets included, so that one client cannot shut out the others. One beyond the share of its
 * network is closed at once.
 */
export function trackConnections(server: Server, { max, isProxy }: ConnectionLimits): Connections {
  server.maxConnections = max;
  const states = new Map<Socket, State>();
  const counts = new Map<string, number>();

  function release(socket: Socket, network: string): void {
    states.delete(socket);
    const rest = (counts.get(network) ?? 0) - 1;
    if (rest > 0) counts.set(network, rest);
    else counts.delete(network);
  }

  // `server.closeIdleConnections` of Node 26 also closes connections that are about to send their first request.
  function closeIdle(): void {
    for (const [socket, state] of states) if (state.kind === 'HTTP' && state.requestsInProgress === 0) socket.destroy();
  }

  function countRequest(socket: Socket, change: 1 | -1): void {
    const state = states.get(socket);
    if (state === undefined || state.kind === 'UPGRADED') return;
    const before = state.kind === 'HTTP' ? state.requestsInProgress : 0;
    states.set(socket, { kind: 'HTTP', requestsInProgress: before + change });
  }

  server.on('connection', (socket) => {
    // The server emits the event again for a connection whose request for another protocol it ignored.
    if (states.has(socket)) return;
    const address = socket.remoteAddress ?? '';
    const network = networkOf(parseAddress(address));
    const count = counts.get(network) ?? 0;
    if (!isProxy(address) && count >= perNetwork(max)) return void socket.destroy();
    states.set(socket, { kind: 'OPENED' });
    counts.set(network, count + 1);
    socket.once('close', () => release(socket, network));
    if (states.size > crowded(max)) closeIdle();
  });
  server.on('request', ({ socket }, response) => {
    countRequest(socket, 1);
    response.once('close', () => countRequest(socket, -1));
  });
  return {
    upgraded: (socket) => {
      if (states.has(socket)) states.set(socket, { kind: 'UPGRADED' });
    },
    closeSilent: () => {
      for (const socket of states.keys()) if (socket.bytesRead === 0) socket.destroy();
    },
  };
}
