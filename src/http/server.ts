import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import { parse as parseContentType } from 'content-type';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from 'pino';
import { parseAddress } from '../auth/actor.js';
import { networkOf } from '../auth/network.js';
import type { Config } from '../config.js';
import { DomainError, type ErrorCode } from '../errors.js';
import { refuse } from '../graphql/outcome.js';
import type { TraceContext } from '../graphql/trace.js';
import { withoutBasePath } from './base-path.js';
import { maxConnections, trackConnections } from './connections.js';
import { refuseFailed, sendOutcome } from './response.js';
import { readTraceparent } from './trace-context.js';
import { type IsTrusted, isForwardedUntrusted, trustProxy } from './trust-proxy.js';
import { isWebSocket } from './websocket-upgrade.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The client's address in its canonical form; null: unknown. */
    address: string | null;
    /** The network of that address. */
    network: string;
    /** What the networks of a token are compared with: the address, or null where a peer that is not trusted has forwarded. */
    provenAddress: string | null;
    /** The trace that the client named, or that began here; undefined: none. */
    traceContext: TraceContext | undefined;
  }
}

/** With every response. The API is no page: nothing may frame it, embed it or sniff its type. Pages set their own policy. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Node.js 24.9 and newer upgrade only what this allows, and serve the rest as HTTP; older ones do not know it. */
const upgrades = (basePath: string) => ({
  shouldUpgradeCallback: (request: IncomingMessage) => isWebSocket(request, basePath),
});

/**
 * The HTTP server, without routes. Slow clients are disconnected: headers have 10 s, a whole request 20 s, and an idle
 * connection 72 s.
 */
export async function createHttpServer(config: Config, log: Logger): Promise<FastifyInstance> {
  const { basePath, trustedProxies } = config.http;
  const isTrusted = trustProxy(trustedProxies);
  const server = fastify({
    // The request checks require the Host header.
    http: {
      headersTimeout: 10_000,
      connectionsCheckingInterval: 2_000,
      requireHostHeader: false,
      ...upgrades(basePath),
    },
    rewriteUrl: ({ url = '/' }) => withoutBasePath(url, basePath),
    requestTimeout: 20_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000, // longer than the minute for which proxies keep theirs, so that they close first
    bodyLimit: config.limits.bodyBytes,
    trustProxy: isTrusted,
    genReqId: () => randomUUID(), // a client's own id would let it write to the log
    // Requests on open connections are processed while the server stops.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => sendError(error, request, prepare(reply, isTrusted), log),
    clientErrorHandler: refuseUnreadable,
  });
  const connections = trackConnections(server.server, {
    max: maxConnections(config.limits),
    isProxy: (address) => isTrusted(address, 0),
  });
  server.decorate('connections', connections);
  server.decorateRequest('address', null);
  server.decorateRequest('network', '');
  server.decorateRequest('provenAddress', null);
  server.decorateRequest('traceContext', undefined);
  // Node drops headers beyond a count, 2,000 by default, and with them a credential. Their size is limited to 16 KB.
  server.server.maxHeadersCount = 0;
  server.addHook('onRequest', (_request, reply, done) => {
    prepare(reply, isTrusted);
    done();
  });
  if (config.http.corsOrigins.length > 0) await server.register(cors, corsOptions(config));
  acceptOnlyJson(server);
  server.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply, log));
  refuseUnknown(server, basePath);
  return server;
}

function prepare(reply: FastifyReply, isTrusted: IsTrusted): FastifyReply {
  const { request } = reply;
  request.address = parseAddress(request.ip);
  request.network = networkOf(request.address);
  request.traceContext = readTraceparent(request.headers['traceparent']);
  request.provenAddress = isForwardedUntrusted(request.raw, isTrusted) ? null : request.address;
  return reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
}

/**
 * A page of a configured origin may send any header: tracing and client libraries add their own, and none of them is a
 * credential that browsers add by themselves. A page of any other origin can read no response.
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

/** Anything else is refused, above all forms and plain text, which a page of another origin can send without a preflight. */
function acceptOnlyJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  // As bytes: decoded by Fastify, what is not UTF-8 would become U+FFFD, and two idempotency keys or passwords one.
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const { charset } = parseContentType(request.headers['content-type'] ?? '').parameters;
    if ((!charset || namesUtf8(charset)) && !isCompressed(request.headers) && isUtf8(body))
      parse(request, body.toString(), done);
    else done(Object.assign(new Error('Send JSON in UTF-8, not compressed.'), { statusCode: 415 }));
  });
}

/** By Content-Encoding, or by a coding before `chunked` (RFC 9112, section 7.2), which Node leaves in place. */
function isCompressed(headers: IncomingHttpHeaders): boolean {
  const { 'content-encoding': encoding = 'identity', 'transfer-encoding': transfer = 'chunked' } = headers;
  return encoding.toLowerCase() !== 'identity' || transfer.toLowerCase() !== 'chunked';
}

/** The names of ASCII in IANA's registry that clients use: the preferred one, its alias, and the one of glibc's C locale. */
const ASCII = /^(?:us-ascii|ascii|ansi_x3\.4-1968)$/i;

/**
 * Whether a label names UTF-8, as the WHATWG encoding standard lists them: `utf8` and `UTF-8`, for example. Text in ASCII is
 * in UTF-8 as well; the standard reads its labels as windows-1252.
 */
function namesUtf8(label: string): boolean {
  if (ASCII.test(label)) return true;
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

/** Responds to an error: what Fastify found wrong with a request is told to the client, anything else is logged. */
function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const { statusCode: status = 500, message } = error;
  if (error instanceof DomainError || status < 400 || status > 499)
    return sendOutcome(reply, refuseFailed(error, { requestId: request.id, traceIds: request.traceContext?.ids, log }));
  return sendOutcome(reply, refuse({ code: CODES[status] ?? 'BAD_REQUEST', message }), { status });
}

/** Refuses requests for which there is no route: with 405 where the path takes other methods. */
function refuseUnknown(server: FastifyInstance, basePath: string): void {
  const methods = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    methods.set(url, new Set([...(methods.get(url) ?? []), ...[method].flat()]));
  });
  server.setNotFoundHandler((request, reply) => {
    const allowed = methods.get(request.url.split('?', 1)[0] ?? '');
    if (allowed === undefined) {
      return sendOutcome(
        reply,
        refuse({ code: 'NOT_FOUND', message: `Not found. The API is at ${basePath}/graphql.` }),
      );
    }
    const allow = [...allowed].join(', ');
    const message = `This path takes ${allow}.`;
    return sendOutcome(reply, refuse({ code: 'METHOD_NOT_ALLOWED', message }, { allow }));
  });
}

/** Responds to what is no HTTP, or did not arrive in time, and closes the connection. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400;
  const { errors } = refuse({ code: 'BAD_REQUEST', message: 'The request could not be read.' });
  const json = JSON.stringify({ errors });
  const headers = {
    ...SECURITY_HEADERS,
    'x-request-id': randomUUID(),
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(json),
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${json}`);
  socket.destroySoon();
}
