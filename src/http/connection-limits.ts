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
 * Bounds the connections, WebSockets included, so that one client cannot shut out the others. One beyond the share of its
 * network is closed at once.
 */
export function limitConnections(server: Server, { max, isProxy }: ConnectionLimits): void {
  server.maxConnections = max;
  const counts = new Map<string, number>();
  const known = new WeakSet<Socket>();
  /** The requests in progress of each connection that has sent one. */
  const inProgress = new Map<Socket, number>();
  let open = 0;

  function release(socket: Socket, network: string): void {
    inProgress.delete(socket);
    open -= 1;
    const rest = (counts.get(network) ?? 0) - 1;
    if (rest > 0) counts.set(network, rest);
    else counts.delete(network);
  }

  // `server.closeIdleConnections` of Node 26 also closes connections that are about to send their first request.
  function closeIdle(): void {
    for (const [socket, count] of inProgress) if (count === 0) socket.destroy();
  }

  server.on('connection', (socket) => {
    // The server emits the event again for a connection whose request for another protocol it ignored.
    if (known.has(socket)) return;
    const address = socket.remoteAddress ?? '';
    const network = networkOf(parseAddress(address));
    const count = counts.get(network) ?? 0;
    if (!isProxy(address) && count >= perNetwork(max)) return void socket.destroy();
    known.add(socket);
    counts.set(network, count + 1);
    open += 1;
    socket.once('close', () => release(socket, network));
    if (open > crowded(max)) closeIdle();
  });
  server.on('request', ({ socket }, response) => {
    inProgress.set(socket, (inProgress.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const count = inProgress.get(socket);
      if (count !== undefined) inProgress.set(socket, count - 1);
    });
  });
}
