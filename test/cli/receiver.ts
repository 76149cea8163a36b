import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished, vi } from 'vitest';

/** A request as it came. */
interface Received {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** What receives messages. It closes when the test ends. */
export interface Receiver {
  readonly url: string;
  /** In the order in which they came. */
  readonly received: readonly Received[];
  /** Waits until so many have come. */
  hasReceived(count: number): Promise<void>;
}

/** Opens a receiver. `statusOf` decides the response by the body, parsed, and by how many requests came before. */
export async function openReceiver(
  statusOf: (body: { readonly type: string; readonly data: { readonly sequence?: number } }, before: number) => number,
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const before = received.push({ body, headers: request.headers }) - 1;
    response.writeHead(statusOf(JSON.parse(body), before)).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    // It listens on TCP.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    hasReceived: (count) =>
      vi.waitUntil(() => received.length >= count, { timeout: 15_000, interval: 20 }).then(() => {}),
  };
}
