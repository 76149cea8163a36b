import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { parseAddress } from '../auth/actor.js';
import { credentialHeaders } from '../auth/authenticate-headers.js';
import { networkOf } from '../auth/network.js';
import { describeCredential } from './access-log.js';
import { findSurplus, mayStay, type Occupant } from './socket-room.js';
import { type ConnectionOptions, GOING_AWAY, TRY_AGAIN_LATER, WebSocketConnection } from './websocket-connection.js';
import { acceptUpgrades } from './websocket-upgrade.js';

export type WebSocketOptions = Omit<
  ConnectionOptions,
  'connectionId' | 'address' | 'upgradeAuthorizations' | 'mostOperations' | 'mayStay'
>;

interface Client extends Occupant {
  readonly socket: WebSocket;
  readonly connection: WebSocketConnection;
  /** Whether it has answered the last ping. */
  isAlive: boolean;
}

/** How long a client may take to say who it is. */
const INIT_MS = 3_000;

/** What a revoked credential opened ends within a second. The other half of it is for the database to answer. */
const REVIEW_MS = 400;

/** How long a connection without a credential may stay without an operation. */
const ANONYMOUS_IDLE_MS = 10_000;
const IDLE_CHECK_MS = 500;

/** A client that has not answered one ping when the next is due is gone, or does not read. */
const PING_MS = 15_000;

/** Who then has not said goodbye loses the connection, together with the last of those over HTTP. */
const DRAIN_MS = 7_000;

/** Serves GraphQL over WebSocket, at the same path as over HTTP. */
export function registerWebSocket(server: FastifyInstance, options: WebSocketOptions): void {
  const clients = new Set<Client>();
  let isDraining = false;

  const max = options.limits.sockets;
  const occupants = () => [...clients].filter(({ connection }) => !connection.isClosed);

  acceptUpgrades(server, { mostBytes: options.limits.bodyBytes }, (socket, request) => {
    const client = attend(socket, request, {
      ...options,
      mayStay: () => mayStay(occupants(), client, max),
    });
    const { connection } = client;
    clients.add(client);
    socket.on('close', () => clients.delete(client));
    if (isDraining) connection.close(GOING_AWAY, 'Going away');
    else findSurplus(occupants(), client, max)?.connection.close(TRY_AGAIN_LATER, 'Too many connections');
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL)
      connection.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
  });

  const every = (milliseconds: number, work: (client: Client) => void) =>
    setInterval(() => clients.forEach(work), milliseconds).unref();
  const timers = [
    every(REVIEW_MS, ({ connection }) => void connection.review()),
    every(IDLE_CHECK_MS, ({ connection }) => connection.closeIfIdle(ANONYMOUS_IDLE_MS)),
    every(PING_MS, ping),
  ];
  server.addHook('preClose', (done) => {
    isDraining = true;
    for (const { connection } of clients) connection.drain();
    timers.push(
      setTimeout(() => {
        for (const { socket } of clients) socket.terminate();
      }, DRAIN_MS),
    );
    done();
  });
  server.addHook('onClose', (_server, done) => {
    for (const timer of timers) clearTimeout(timer);
    done();
  });
}

/** Brings a socket and what it means together, and writes down how it went. */
function attend(
  socket: WebSocket,
  request: FastifyRequest,
  options: WebSocketOptions & Pick<ConnectionOptions, 'mayStay'>,
): Client {
  const { id: connectionId, ip: address } = request;
  const { limits, log } = options;
  const connection = new WebSocketConnection(socket, {
    ...options,
    connectionId,
    address,
    upgradeAuthorizations: credentialHeaders(request.raw.rawHeaders).authorization ?? [],
    mostOperations: limits.socketOperations,
  });
  const client: Client = {
    socket,
    connection,
    network: networkOf(parseAddress(address)),
    get principal() {
      return connection.principal;
    },
    isAlive: true,
  };
  const begun = performance.now();
  const tooLate = setTimeout(() => {
    if (!connection.isInitialised)
      connection.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }, INIT_MS);
  socket.on('message', (data, isBinary) => connection.receive(data, isBinary));
  socket.on('pong', () => {
    client.isAlive = true;
  });
  socket.on('error', (error) => log.debug({ connectionId, err: error }, 'a WebSocket broke')); // its end follows
  socket.on('close', (code) => {
    clearTimeout(tooLate);
    connection.close(code, '');
    const { principal } = connection;
    const durationMs = Math.round(performance.now() - begun);
    log.info(
      { connectionId, code, durationMs, ...(principal && { credential: describeCredential(principal) }) },
      'a WebSocket closed',
    );
  });
  return client;
}

function ping(client: Client): void {
  if (client.isAlive) client.socket.ping();
  else client.socket.terminate();
  client.isAlive = false;
}
