import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished } from 'vitest';
import { fillIn, itInConsole } from './console-visit.js';
import { openWatched } from './watched-page.js';

const it = itInConsole({ BASE_PATH: '/scrip' });

describe('The pages below BASE_PATH', () => {
  it.for([
    ['passes the path on', (path: string) => path],
    ['removes the path', (path: string) => path.replace(/^\/scrip(?=\/)/, '')],
  ] as const)('work behind a proxy that %s', { timeout: 120_000 }, async ([_what, pathOf], { visit }) => {
    const proxy = await startProxy(visit.server.url, pathOf);
    const { page, problems } = await openWatched(visit.browser, new URL('/scrip/console', proxy));
    page.setDefaultTimeout(30_000); // each script comes through one more process
    await fillIn(page, 'ada');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'Tokens' }).click();
    await page.waitForURL('**/scrip/console/tokens');
    await page.reload(); // a page of another depth, whose scripts are the same
    await pages.getByRole('link', { name: 'Tokens' }).waitFor();
    expect(await page.evaluate(() => document.cookie)).toContain('scrip-channel=');
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual(['scrip:refresh-token/scrip']);

    const opened = page.context().waitForEvent('page');
    await pages.getByRole('link', { name: 'GraphiQL' }).click();
    const graphiql = await opened;
    await graphiql.getByLabel('Bearer token').fill('a-token-of-this-installation');
    const keys = () => graphiql.evaluate(() => Object.keys(sessionStorage));
    await expect.poll(keys).toEqual(['scrip:token/scrip']);
    expect(new URL(graphiql.url()).pathname).toBe('/scrip/graphql');
    expect(problems).toEqual([]);
  });
});

/** A reverse proxy of what is below `/scrip`; anything else is 404. */
async function startProxy(target: string, pathOf: (path: string) => string): Promise<string> {
  const { hostname, port } = new URL(target);
  const forward = ({ method, url = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>) =>
    request({ hostname, port, method, path: pathOf(url), headers: { ...headers } });
  const proxy: Server = createServer((incoming, response) => {
    if (!incoming.url?.startsWith('/scrip/')) return void response.writeHead(404).end();
    const outgoing = forward(incoming).on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  proxy.on('upgrade', (incoming, socket) => {
    const outgoing = forward(incoming).on('upgrade', ({ rawHeaders }, upstream) => {
      const lines = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
      upstream.pipe(socket).pipe(upstream);
    });
    outgoing.on('error', () => socket.destroy());
    outgoing.end();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const { port: own } = proxy.address() as AddressInfo; // a TCP server that listens on an address has one of this shape
  return `http://127.0.0.1:${own}`;
}
