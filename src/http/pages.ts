import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { prefersPage } from './media-type.js';

/** A `Host` header (RFC 9110, section 7.2) of characters without a meaning in a Content-Security-Policy. */
const HOST = /^(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * What the pages need and no more (CSP Level 3): scripts and workers of this origin, and styles set by scripts.
 *
 * @param host of the request. Browsers that do not count WebSockets as `'self'` need it by name; `ws:` includes `wss:`
 *   (section 6.7.2.9).
 */
function contentSecurityPolicy(host: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    `connect-src 'self'${HOST.test(host) ? ` ws://${host}` : ''}`,
    "object-src 'none'",
    "frame-src 'none'",
    "form-action 'none'", // forms are sent by scripts
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Scrip API</title>
<h1>Scrip API</h1>
<p>The API is up. This page has not been built: run <code>npm run build</code>, then restart the server.</p>
</html>
`;

/** Sends the web pages, which Vite builds. */
export interface Pages {
  sendGraphiql(reply: FastifyReply): Promise<FastifyReply>;
}

/**
 * Serves the console, and the assets of the web pages under `/assets/`, cached for a year: their names change with their
 * contents. The pages themselves are never cached. GraphiQL is sent by the route of its address, to which a browser at `/`
 * is redirected; other clients find nothing there.
 *
 * @param options.directory of the build; where it is missing, the pages say how to make it.
 * @param options.basePath begins every address that a client is sent to.
 */
export async function registerPages(
  fastify: FastifyInstance,
  { directory, basePath }: { readonly directory: string; readonly basePath: string },
): Promise<Pages> {
  const send = (reply: FastifyReply, page: string) => sendPage(reply, join(directory, page, 'index.html'), basePath);
  const assets = join(directory, 'assets');
  if (existsSync(assets)) {
    await fastify.register(fastifyStatic, {
      root: assets,
      prefix: '/assets/',
      index: false,
      decorateReply: false,
      preCompressed: true,
      setHeaders: (reply) => reply.header('vary', 'accept-encoding'),
      immutable: true,
      maxAge: '1y',
    });
  }
  // The console routes below this path by itself.
  for (const path of ['/console', '/console/*']) {
    fastify.get(path, (_request, reply) => send(reply, 'console'));
  }
  // A hook, because a route would refuse other methods with 405, and so hide from a client that it sends to a wrong address.
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isFrontPage(request)) void reply.header('vary', 'accept').redirect(`${basePath}/graphql`, 302);
    else done();
  });
  // The pages bring their icon with them; browsers ask for this one where they show something else.
  fastify.get('/favicon.ico', (_request, reply) =>
    reply
      .code(204)
      .header('cache-control', `public, max-age=${30 * 86_400}`)
      .send(),
  );
  return { sendGraphiql: (reply) => send(reply, 'graphiql') };
}

function isFrontPage({ method, url, headers }: FastifyRequest): boolean {
  return /^\/(?:\?|$)/.test(url) && (method === 'GET' || method === 'HEAD') && prefersPage(headers.accept);
}

/** The assets are named relative to the built page, which has paths of several depths. */
async function sendPage(reply: FastifyReply, file: string, basePath: string): Promise<FastifyReply> {
  const html = existsSync(file) ? await readFile(file, 'utf8') : NOT_BUILT;
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', contentSecurityPolicy(reply.request.host))
    .header('cache-control', 'no-store')
    .send(html.replaceAll('="../assets/', `="${basePath}/assets/`));
}
