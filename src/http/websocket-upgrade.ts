import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { refuse } from '../graphql/outcome.js';
import { withoutBasePath } from './base-path.js';
import { sendOutcome } from './response.js';

/** A connection whose client asks for another protocol than HTTP. */
interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** Bytes that followed the request already. */
  readonly head: Buffer;
}

/**
 * Accepts the WebSockets that clients open at /graphql. Their requests pass the server's hooks like any other. A request
 * for any other protocol is processed as if it had not asked for it.
 *
 * @param options.maxBytes of one message; a longer one closes the connection (close code 1009).
 */
export function acceptUpgrades(
  server: FastifyInstance,
  options: { readonly maxBytes: number; readonly basePath: string },
  onSocket: (socket: WebSocket, request: FastifyRequest) => void,
): void {
  const { maxBytes: maxPayload, basePath } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload,
    handleProtocols,
  });
  const accepts = new WeakMap<IncomingMessage, (request: FastifyRequest, reply: FastifyReply) => void>();
  const faults = new WeakMap<IncomingMessage, string>();
  sockets.on('wsClientError', ({ message }, _socket, request) => faults.set(request, message));

  afterEarlierResponses(server.server, ({ request, socket, head }) => {
    if (!isWebSocket(request, basePath)) return ignore({ request, socket, head }, server.server);
    server.connections.upgraded(socket);
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    response.on('finish', () => socket.destroySoon()); // it was refused
    accepts.set(request, (accepted, reply) => {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        reply.hijack();
        response.detachSocket(socket);
        onSocket(webSocket, accepted);
      });
      const fault = faults.get(request);
      if (fault !== undefined) refuseHandshake(reply, fault);
    });
    server.routing(request, response);
  });
  server.addHook('onRequest', (request, reply, done) => {
    const accept = accepts.get(request.raw);
    if (accept === undefined) return done();
    accept(request, reply);
  });
}

/** Tells what `ws` found wrong with a handshake, and the versions that it takes (RFC 6455, section 4.4). */
function refuseHandshake(reply: FastifyReply, fault: string): void {
  const headers = { connection: 'close', 'sec-websocket-version': '13, 8' };
  sendOutcome(reply, refuse({ code: 'BAD_REQUEST', message: `${fault}.` }, headers), { status: 400 });
}

/**
 * Handles each upgrade after the responses before it on its connection were sent: a client may send requests without
 * waiting for the responses (RFC 9112, section 9.3.2), and one connection has one response at a time.
 */
function afterEarlierResponses(server: Server, handle: (upgrade: Upgrade) => void): void {
  const connections = new WeakMap<Socket, { pending: number; upgrade: (() => void) | undefined }>();
  server.prependListener('request', ({ socket }, response) => {
    const connection = connections.get(socket) ?? { pending: 0, upgrade: undefined };
    connections.set(socket, connection);
    connection.pending += 1;
    response.once('close', () => {
      connection.pending -= 1;
      if (connection.pending === 0) connection.upgrade?.();
    });
  });
  server.on('upgrade', (request, stream, head) => {
    const socket = stream as Socket; // the server listens on TCP only
    const upgrade = { request, socket, head };
    const connection = connections.get(socket);
    if (connection === undefined || connection.pending === 0) return handle(upgrade);
    const destroy = () => socket.destroy();
    socket.on('error', destroy); // until then there is no other listener
    connection.upgrade = () => {
      connection.upgrade = undefined;
      if (socket.destroyed) return; // its error event may follow
      socket.off('error', destroy);
      handle(upgrade);
    };
  });
}

/** Whether a request opens a WebSocket. Any other upgrade is ignored. */
export function isWebSocket({ method, url = '', headers }: IncomingMessage, basePath: string): boolean {
  if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') return false;
  return withoutBasePath(url, basePath).split('?', 1)[0] === '/graphql';
}

/**
 * A server may ignore that a client asks for another protocol (RFC 9110, section 7.8), as some ask for HTTP/2 with each
 * request. Node before 24.9 does so only while there is no listener for upgrades: there the request is put back. Later
 * versions use `shouldUpgradeCallback`.
 */
function ignore({ request, socket, head }: Upgrade, server: Server): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    const kept = /^connection$/i.test(name) ? withoutUpgrade(value) : value;
    if (!OF_UPGRADE.test(name) && (kept !== '' || value === '')) lines.push(`${name}: ${kept}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

/** Fields of a request that belong to its upgrade. `Connection` lists them beside options of its own, such as `close`. */
const OF_UPGRADE = /^(upgrade|http2-settings)$/i;

function withoutUpgrade(connection: string): string {
  const options = connection.split(',').map((option) => option.trim());
  return options.filter((option) => !OF_UPGRADE.test(option)).join(', ');
}
