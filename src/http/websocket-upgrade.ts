import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';

/** A connection whose client wishes to speak something else than HTTP. */
interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** What came behind the request already. */
  readonly head: Buffer;
}

/**
 * Hands over the WebSockets that clients open at /graphql. Their requests pass the server's hooks like any other; a request
 * that wishes for anything else is answered as if it did not.
 *
 * @param options.mostBytes of one message; who sends a longer one is cut off (close code 1009).
 */
export function acceptUpgrades(
  server: FastifyInstance,
  options: { readonly mostBytes: number },
  onSocket: (socket: WebSocket, request: FastifyRequest) => void,
): void {
  const { mostBytes: maxPayload } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload,
    handleProtocols,
  });
  const accepts = new WeakMap<IncomingMessage, (request: FastifyRequest) => void>();

  afterEarlierResponses(server.server, ({ request, socket, head }) => {
    if (!isWebSocket(request)) return ignore({ request, socket, head }, server.server);
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    response.on('finish', () => socket.end()); // a hook has refused it
    accepts.set(request, (accepted) => {
      response.detachSocket(socket);
      sockets.handleUpgrade(request, socket, head, (webSocket) => onSocket(webSocket, accepted));
    });
    server.routing(request, response);
  });
  server.addHook('onRequest', (request, reply, done) => {
    const accept = accepts.get(request.raw);
    if (accept === undefined) return done();
    reply.hijack();
    accept(request);
  });
}

/**
 * Hands over each upgrade once the responses before it on its connection have been sent: a client may send requests without
 * waiting for the responses (RFC 9112, section 9.3.2), and one connection has one response at a time.
 */
function afterEarlierResponses(server: Server, handle: (upgrade: Upgrade) => void): void {
  const connections = new WeakMap<Socket, { unanswered: number; upgrade: (() => void) | undefined }>();
  server.prependListener('request', ({ socket }, response) => {
    const connection = connections.get(socket) ?? { unanswered: 0, upgrade: undefined };
    connections.set(socket, connection);
    connection.unanswered += 1;
    response.once('close', () => {
      connection.unanswered -= 1;
      if (connection.unanswered === 0) connection.upgrade?.();
    });
  });
  server.on('upgrade', (request, stream, head) => {
    const socket = stream as Socket; // the server listens on the network, and nowhere else
    const upgrade = { request, socket, head };
    const connection = connections.get(socket);
    if (connection === undefined || connection.unanswered === 0) return handle(upgrade);
    const destroy = () => socket.destroy();
    socket.on('error', destroy); // until then nothing else listens
    connection.upgrade = () => {
      connection.upgrade = undefined;
      if (socket.destroyed) return; // its error may be yet to come
      socket.off('error', destroy);
      handle(upgrade);
    };
  });
}

/** Whether a request would open a WebSocket. Any other wish for a protocol is ignored. */
export function isWebSocket({ method, url, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && url?.split('?', 1)[0] === '/graphql';
}

/**
 * A server may ignore that a client wishes for another protocol (RFC 9110, section 7.8), as some ask for HTTP/2 with
 * each request. Node before 24.9 does so only while nothing listens for upgrades: there the request is put back. Later
 * ones are told by `shouldUpgradeCallback`.
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

/** Fields of a request that belong to its upgrade. `Connection` names them beside options of its own, such as `close`. */
const OF_UPGRADE = /^(upgrade|http2-settings)$/i;

function withoutUpgrade(connection: string): string {
  const options = connection.split(',').map((option) => option.trim());
  return options.filter((option) => !OF_UPGRADE.test(option)).join(', ');
}
