import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { parseAddress } from '../auth/actor.js';
import { networkOf } from '../auth/network.js';

interface ConnectionLimits {
  /** Open connections of all clients. */
  readonly max: number;
  /** Whether the peer is a reverse proxy, whose connections are those of many clients. */
  readonly isProxy: (address: string) => boolean;
}

/** Connections of one network. */
const perNetwork = (max: number) => Math.ceil(max / 5);

/** Above this many connections, those that wait for their client's next request are closed. */
const crowded = (max: number) => Math.floor(max * 0.9);

/**
 * Bounds the connections over HTTP, so that one client cannot shut out the others. A connection beyond the share of its
 * network is closed at once. Connections that became WebSockets have limits of their own.
 */
export function limitConnections(server: Server, { max, isProxy }: ConnectionLimits): void {
  server.maxConnections = max;
  const counts = new Map<string, number>();
  /** Ends the counting of a connection. */
  const releases = new WeakMap<Socket, () => void>();
  const known = new WeakSet<Socket>();
  let open = 0;

  function count(socket: Socket, network: string): void {
    open += 1;
    counts.set(network, (counts.get(network) ?? 0) + 1);
    releases.set(socket, () => {
      releases.delete(socket); // only the first call counts
      open -= 1;
      const rest = (counts.get(network) ?? 0) - 1;
      if (rest > 0) counts.set(network, rest);
      else counts.delete(network);
    });
  }

  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    const network = networkOf(parseAddress(address));
    if (!isProxy(address) && (counts.get(network) ?? 0) >= perNetwork(max)) return void socket.destroy();
    count(socket, network);
    // The server emits the event again for a connection whose request for another protocol it ignored.
    if (!known.has(socket)) socket.once('close', () => releases.get(socket)?.());
    known.add(socket);
    if (open > crowded(max)) server.closeIdleConnections();
  });
  server.on('upgrade', (_request, socket) => releases.get(socket as Socket)?.()); // the server listens on TCP only
}
