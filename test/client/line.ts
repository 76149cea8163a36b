import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestServer } from '../support/server.js';

/**
 * What goes wrong on a connection: the server's response is lost with the connection (LOST) or without a sign of it (SILENT),
 * or something else comes in the place of the server.
 */
export type Accident = 'LOST' | 'SILENT' | { readonly status: string; readonly type: string; readonly body: string };

/** What lies between a client and the server. */
export interface Line {
  /** The address of the API, over the line. */
  readonly url: string;
  /** How many requests have come by. */
  readonly requests: () => number;
  /** How many connections are open. */
  readonly connections: () => number;
  /** Breaks every connection; new ones may come. */
  cut(): void;
  close(): void;
}

/** Opens a line to the server, on which the first connections meet these accidents, one each. */
export async function openLine(server: TestServer, accidents: readonly Accident[] = []): Promise<Line> {
  const { port, hostname } = new URL(server.url);
  const sockets = new Set<Socket>();
  const waiting = [...accidents];
  let requests = 0;

  const line = createServer((near) => {
    const accident = waiting.shift();
    near.on('data', (chunk) => {
      if (String(chunk).startsWith('POST ')) requests++;
    });
    near.on('error', () => {});
    sockets.add(near);
    near.on('close', () => sockets.delete(near));
    if (typeof accident === 'object') return void near.once('data', () => near.end(responseOf(accident)));
    const far = connect(Number(port), hostname);
    far.on('error', () => {});
    near.on('close', () => far.destroy()).pipe(far);
    if (accident === 'LOST') far.once('data', () => near.destroy());
    else if (accident === 'SILENT') far.resume();
    else far.on('close', () => near.destroy()).pipe(near);
  });
  await once(line.listen(0, '127.0.0.1'), 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    // It listens on TCP.
    url: `http://127.0.0.1:${(line.address() as AddressInfo).port}/graphql`,
    requests: () => requests,
    connections: () => sockets.size,
    cut,
    close: () => {
      line.close();
      cut();
    },
  };
}

function responseOf({ status, type, body }: Exclude<Accident, string>): string {
  const head = [`HTTP/1.1 ${status}`, `content-type: ${type}`, `content-length: ${body.length}`, 'connection: close'];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** A response of the API that something else sends in its place. */
export function jsonInstead(status: string, body: unknown): Accident {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
