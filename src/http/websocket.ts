import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { credentialHeaders } from '../auth/authenticate.js';
import type { Config } from '../config.js';
import { logFieldsOf } from './access-log.js';
import type { ClientMemory } from './client-memory.js';
import { GOING_AWAY, TRY_AGAIN_LATER } from './close-codes.js';
import { IncomingMessage } from './incoming-bytes.js';
import { type CountedSocket, findExcess, mayStay } from './socket-limits.js';
import { type ConnectionOptions, WebSocketConnection } from './websocket-connection.js';
import { acceptUpgrades } from './websocket-upgrade.js';

export type WebSocketOptions = Omit<
  ConnectionOptions,
  'connectionId' | 'traceContext' | 'address' | 'network' | 'provenAddress' | 'upgrade' | 'maxOperations' | 'mayStay'
> & { readonly incoming: ClientMemory; readonly limits: Config['limits']; readonly basePath: string };

interface Client extends CountedSocket {
  readonly socket: WebSocket;
  readonly connection: WebSocketConnection;
  readonly incoming: IncomingMessage;
  /** Whether it has responded to the last ping. */
  isAlive: boolean;
}

/** Time for `connection_init`. */
const INIT_MS = 3_000;

/** A revoked credential ends its connections within 1 s: this, and the query that verifies it. */
const REVIEW_MS = 400;

/** How long a connection without a credential may stay open without an operation. */
const ANONYMOUS_IDLE_MS = 10_000;
const IDLE_CHECK_MS = 500;

/** A client that has not responded to one ping when the next is due has left, or does not read. */
const PING_MS = 15_000;

/** Clients that have not closed by then are disconnected, at the same time as the last of HTTP. */
const DRAIN_MS = 7_000;

/** Serves GraphQL over WebSocket, at the same path as over HTTP. */
export function registerWebSocket(server: FastifyInstance, options: WebSocketOptions): void {
  const clients = new Set<Client>();
  let isDraining = false;

  const max = options.limits.sockets;

  const { basePath } = options;
  acceptUpgrades(server, { maxBytes: options.limits.bodyBytes, basePath }, (socket, request) => {
    const client = createClient(socket, request, {
      ...options,
      mayStay: () => mayStay(clients, client, max),
    });
    const { connection } = client;
    clients.add(client);
    const { surplus, overdue } = findExcess(clients, client, max);
    for (const { socket: closing } of overdue) closing.terminate();
    socket.on('close', () => clients.delete(client));
    if (isDraining) connection.close(GOING_AWAY, 'Going away');
    else surplus?.connection.close(TRY_AGAIN_LATER, 'Too many connections');
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL)
      connection.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
  });

  const every = (milliseconds: number, work: (client: Client) => void) =>
    setInterval(() => clients.forEach(work), milliseconds).unref();
  const timers = [
    every(REVIEW_MS, ({ connection }) => void connection.review()),
    every(IDLE_CHECK_MS, ({ connection, incoming }) => {
      connection.closeIfIdle(ANONYMOUS_IDLE_MS);
      incoming.endIfOverdue();
    }),
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

/** Connects a socket with its protocol. */
function createClient(
  socket: WebSocket,
  request: FastifyRequest,
  options: WebSocketOptions & Pick<ConnectionOptions, 'mayStay'>,
): Client {
  const { id: connectionId, traceContext, address, network, provenAddress } = request;
  const connection = new WebSocketConnection(socket, {
    ...options,
    connectionId,
    traceContext,
    address,
    network,
    provenAddress,
    upgrade: {
      credentials: credentialHeaders(request.raw.rawHeaders),
      hasIdempotencyKey: request.headers['idempotency-key'] !== undefined,
    },
    maxOperations: options.limits.socketOperations,
  });
  const client: Client = {
    socket,
    connection,
    incoming: new IncomingMessage(socket, request.raw.socket, options.incoming, network),
    network,
    get principal() {
      return connection.principal;
    },
    get isClosed() {
      return connection.isClosed;
    },
    isAlive: true,
  };
  handleEvents(client, { connectionId, log: options.log });
  return client;
}

/** Passes messages to the connection, and logs its end. */
function handleEvents(client: Client, { connectionId, log }: Pick<ConnectionOptions, 'connectionId' | 'log'>): void {
  const { socket, connection } = client;
  const openedAt = performance.now();
  const initTimer = setTimeout(() => {
    if (!connection.isInitialised)
      connection.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }, INIT_MS);
  socket.on('message', (data, isBinary) => connection.receive(data, isBinary));
  socket.on('pong', () => {
    client.isAlive = true;
  });
  // The event `close` follows.
  socket.on('error', (error) => log.debug({ event: 'websocket_error', connectionId, err: error }, 'WebSocket error'));
  socket.on('close', (code) => {
    clearTimeout(initTimer);
    connection.close(code, '');
    const { principal } = connection;
    const durationMs = Math.round(performance.now() - openedAt);
    log.info(
      {
        event: 'websocket_closed',
        connectionId,
        code,
        durationMs,
        ...(principal && { credential: logFieldsOf(principal) }),
      },
      'WebSocket closed',
    );
  });
}

function ping(client: Client): void {
  if (client.isAlive) client.socket.ping();
  else client.socket.terminate();
  client.isAlive = false;
}
