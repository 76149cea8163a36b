/** Serves the shop, and the client of the package to it. README.md says how to start it. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const { SCRIP_URL = 'http://127.0.0.1:4000/graphql', PORT = '8080' } = process.env;
const api = new URL(SCRIP_URL);

const FILES = {
  '/': { file: new URL('index.html', import.meta.url), type: 'text/html; charset=utf-8' },
  '/shop.mjs': { file: new URL('shop.mjs', import.meta.url), type: 'text/javascript' },
  '/shop.css': { file: new URL('shop.css', import.meta.url), type: 'text/css' },
  '/client.js': { file: new URL(import.meta.resolve('@scrip-points/scrip/client')), type: 'text/javascript' },
};

// Keeps foreign scripts away from the session, which is in the storage of the page.
const POLICY = `default-src 'self'; connect-src ${api.origin} ${api.origin.replace(/^http/, 'ws')}; frame-ancestors 'none'`;

const server = createServer(async (request, response) => {
  const served = FILES[new URL(request.url, 'http://localhost').pathname];
  if (served === undefined) {
    response.writeHead(404).end('Not found.\n');
    return;
  }
  const content = await readFile(fileURLToPath(served.file), 'utf8');
  response.writeHead(200, { 'Content-Type': served.type, 'Content-Security-Policy': POLICY });
  response.end(content.replace('%SCRIP_URL%', api.href));
});

server.listen(Number(PORT), 'localhost', () => {
  process.stdout.write(`The shop is at http://localhost:${server.address().port}\n`);
});
