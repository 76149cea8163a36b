/** A receiver of webhooks, as a user would write one: it verifies each message and responds as a test says. */
import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { onTestFinished, vi } from 'vitest';

/** A message as it was received. */
export interface Received {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  // biome-ignore lint/suspicious/noExplicitAny: what it holds differs by type; a wrong guess fails the test's own assertion.
  readonly data: any;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly path: string;
  /** When it had arrived, as `Date.now` tells. */
  readonly at: number;
}

/** What the receiver does with a message. The default is a status of 204. */
export type Respond = (message: Received, response: ServerResponse, request: IncomingMessage) => unknown;

export interface Receiver {
  readonly url: string;
  /** Everything received so far, also what was not accepted. */
  readonly received: readonly Received[];
  /** Only what got a response of 2xx. */
  readonly accepted: readonly Received[];
  respond: Respond;
  /** Waits for so many accepted messages, and returns them. */
  accepts(count: number): Promise<readonly Received[]>;
  /** Waits for so many messages, accepted or not, and returns them. */
  receives(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

const ACCEPT: Respond = (_message, response) => response.writeHead(204).end();

/** Starts a receiver on this machine, which ends with the test. */
export async function startReceiver(respond: Respond = ACCEPT): Promise<Receiver> {
  const received: Received[] = [];
  const accepted: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const id = headers['webhook-id'] ?? '';
    const message = { ...JSON.parse(body), id, headers, body, path: request.url ?? '', at: Date.now() };
    received.push(message);
    response.on('finish', () => {
      if (response.statusCode >= 200 && response.statusCode < 300) accepted.push(message);
    });
    await receiver.respond(message, response, request);
  });
  server.on('connection', (socket) => socket.on('error', () => {})); // a test may cut it
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  const until = async (list: readonly Received[], count: number) => {
    await vi.waitUntil(() => list.length >= count, { timeout: 15_000, interval: 10 });
    return list;
  };
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    accepted,
    respond,
    accepts: (count) => until(accepted, count),
    receives: (count) => until(received, count),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  onTestFinished(receiver.close);
  return receiver;
}

/** Whether a message is signed by a public key, `whpk_…`. The package `standardwebhooks` knows no such signatures. */
export function isSignedByPublicKey({ headers, body }: Received, publicKey: string): boolean {
  const raw = Buffer.from(publicKey.replace('whpk_', ''), 'base64');
  const key = createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]),
    format: 'der',
    type: 'spki',
  });
  const content = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`);
  const signatures = (headers['webhook-signature'] ?? '').split(' ').filter((one) => one.startsWith('v1a,'));
  return signatures.some((signature) => verify(null, content, key, Buffer.from(signature.slice(4), 'base64')));
}

/** Whether a message is signed by a secret, `whsec_…`, as the package `standardwebhooks` verifies it. */
export function isSignedBySecret({ headers, body }: Received, secret: string): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
