import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import { parse as parseContentType } from 'content-type';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { ErrorCode } from '../errors.js';
import { answerFailure, refuse, sendAnswer } from './answer.js';
import { trustProxy } from './trust-proxy.js';
import { isWebSocket } from './websocket-upgrade.js';

/** With every answer. The API is no page: nothing may frame it, load it or guess at its type. Pages say more. */
const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Node.js 24.9 and newer upgrade only what this says, and answer the rest as HTTP; older ones do not know it. */
const UPGRADES = { shouldUpgradeCallback: isWebSocket };

/**
 * The HTTP server, without routes. Whoever is slow to send or to read is cut off: headers have 10 s, a whole request
 * 20 s, and a connection on which nothing moves 60 s.
 */
export async function createHttpServer(config: Config, log: Logger): Promise<FastifyInstance> {
  const server = fastify({
    // For the Host header see the request checks.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000, requireHostHeader: false, ...UPGRADES },
    requestTimeout: 20_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000, // longer than the minute for which proxies keep theirs, so that they close first
    bodyLimit: config.limits.bodyBytes,
    trustProxy: trustProxy(config.http.trustedProxies),
    genReqId: () => randomUUID(), // the client's own would let it write into the log
    // Requests that reach an open connection while the server stops are answered like any other.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => answerError(error, request, prepare(reply), log),
    clientErrorHandler: answerUnreadable,
  });
  server.server.maxConnections = 10_000;
  // Node drops headers beyond a count, 2,000 by default, and with them a credential. Their 16 KB are limit enough.
  server.server.maxHeadersCount = 0;
  server.addHook('onRequest', (_request, reply, done) => {
    prepare(reply);
    done();
  });
  if (config.http.corsOrigins.length > 0) await server.register(cors, corsOptions(config));
  acceptJsonAlone(server);
  server.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, log));
  answerUnknown(server);
  return server;
}

function prepare(reply: FastifyReply): FastifyReply {
  return reply.headers(SAFE_HEADERS).header('x-request-id', reply.request.id);
}

/**
 * A page of a known origin may send the headers that it asks for: tracing and client libraries add their own, and none of
 * them is a credential that the browser adds by itself. A page of any other origin learns nothing.
 */
function corsOptions({ http }: Config): FastifyCorsOptions {
  const known = new Set(http.corsOrigins);
  return {
    origin: (origin, done) => done(null, origin !== undefined && known.has(origin) ? origin : false),
    methods: ['GET', 'POST'],
    exposedHeaders: ['ratelimit', 'ratelimit-policy', 'retry-after', 'www-authenticate', 'x-request-id'],
    maxAge: 86_400,
    strictPreflight: false,
  };
}

/** Forms and plain text, which a foreign page can send without being asked, are refused with all else. */
function acceptJsonAlone(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
    const { charset } = parseContentType(type).parameters;
    if (isUtf8(charset || 'utf-8') && encoding.toLowerCase() === 'identity') parse(request, body, done);
    else done(Object.assign(new Error('Send JSON in UTF-8, not compressed.'), { statusCode: 415 }));
  });
}

/** Whether a label names UTF-8, as the WHATWG encoding standard lists them: `utf8` and `UTF-8`, for example. */
function isUtf8(label: string): boolean {
  try {
    return new TextDecoder(label).encoding === 'utf-8';
  } catch {
    return false; // an unknown label
  }
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  404: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** Answers what was thrown: what Fastify found wrong with a request is told, all else is for the log. */
function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const { statusCode: status = 500, message } = error;
  if (status < 400 || status > 499) return sendAnswer(reply, answerFailure(error, { requestId: request.id, log }));
  return sendAnswer(reply, { ...refuse({ code: CODES[status] ?? 'BAD_REQUEST', message }), status });
}

/** Answers requests for which there is no route: 405 where the path has others. */
function answerUnknown(server: FastifyInstance): void {
  const methods = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    methods.set(url, new Set([...(methods.get(url) ?? []), ...[method].flat()]));
  });
  server.setNotFoundHandler((request, reply) => {
    const allowed = methods.get(request.url.split('?', 1)[0] ?? '');
    if (allowed === undefined) {
      return sendAnswer(
        reply,
        refuse({ code: 'NOT_FOUND', message: 'There is nothing here. The API is at /graphql.' }),
      );
    }
    const allow = [...allowed].join(', ');
    const message = `This path takes ${allow}.`;
    return sendAnswer(reply, refuse({ code: 'METHOD_NOT_ALLOWED', message, headers: { allow } }));
  });
}

/** Answers what could not even be read as HTTP, or not in time, and closes the connection. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400;
  const { body } = refuse({ code: 'BAD_REQUEST', message: 'The request could not be read.' });
  const json = JSON.stringify(body);
  const headers = {
    ...SAFE_HEADERS,
    'x-request-id': randomUUID(),
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(json),
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${json}`);
  socket.destroySoon();
}
