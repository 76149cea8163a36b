import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { open } from '../support/http.js';
import type { TestServer } from '../support/server.js';

const WEBSOCKET =
  'GET /graphql HTTP/1.1\r\nhost: scrip\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n' +
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n';
const HTTP_2 = 'GET /healthz HTTP/1.1\r\nhost: scrip\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n';
const PLAIN = 'GET /healthz HTTP/1.1\r\nhost: scrip\r\n\r\n';

/** Sends requests in one write; resolves with the statuses of so many responses, in their order. */
async function statuses(server: TestServer, requests: string, count: number): Promise<string[]> {
  const socket = await open(server);
  socket.write(requests);
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    const found = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => String(status));
    if (found.length >= count) return found;
  }
  throw new Error(`The connection ended after: ${text}`);
}

/** Node.js 24.9 and newer have `shouldUpgradeCallback`. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const leavesUpgradesToHttp = major > 24 || (major === 24 && minor >= 9);

describe('An upgrade that is sent before the responses to earlier requests', () => {
  it('to WebSocket is made after them', async ({ server }) => {
    expect(await statuses(server, PLAIN + WEBSOCKET, 2)).toEqual(['200', '101']);
    expect(await statuses(server, PLAIN.repeat(5) + WEBSOCKET, 6)).toEqual([...Array(5).fill('200'), '101']);
  });

  // Later ones leave these to HTTP themselves, and read no request that was sent behind one without waiting.
  it.skipIf(leavesUpgradesToHttp)(
    'to another protocol is ignored, and its response comes in order',
    async ({ server }) => {
      expect(await statuses(server, HTTP_2.repeat(20), 20)).toEqual(Array(20).fill('200'));
      expect(await statuses(server, PLAIN + HTTP_2 + PLAIN + WEBSOCKET, 4)).toEqual(['200', '200', '200', '101']);
    },
  );

  it('to another protocol after a slow request has its response after that', async ({ server }) => {
    const body = JSON.stringify({
      query: 'mutation { signUp(input: { username: "slow", password: "correct horse" }) { expiresIn } }',
    });
    const post = `POST /graphql HTTP/1.1\r\nhost: scrip\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    expect(await statuses(server, post + HTTP_2, 2)).toEqual(['200', '200']);
  });

  it('does not end the server where its client resets the connection', async ({ server }) => {
    const socket = await open(server);
    socket.write(PLAIN + WEBSOCKET);
    socket.resetAndDestroy();
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});
