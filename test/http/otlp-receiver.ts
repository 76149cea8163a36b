/** A receiver of OTLP over HTTP in JSON, as a collector of OpenTelemetry is. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface Receiver {
  readonly url: string;
  /** What has arrived, oldest first. */
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** All spans that have arrived in a trace. */
  spansOf(traceId: string): ReceivedSpan[];
  /** What each request gets from now on: a status, or no response. */
  respondWith(status: number | 'NOTHING'): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const requests: { path: string; headers: IncomingHttpHeaders; body: string }[] = [];
  let respond = respondTo(200);
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    requests.push({ path: `${request.method} ${request.url}`, headers: request.headers, body });
    respond(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    spansOf: (traceId) => requests.flatMap(({ body }) => spansIn(body)).filter((span) => span.traceId === traceId),
    respondWith: (status) => {
      respond = status === 'NOTHING' ? () => {} : respondTo(status);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function respondTo(status: number): (response: ServerResponse) => void {
  return (response) => response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

type Sent = Omit<ReceivedSpan, 'attributes'> & { readonly attributes: readonly Attribute[] };

function spansIn(body: string): ReceivedSpan[] {
  const { resourceSpans }: { resourceSpans: { scopeSpans: { spans: Sent[] }[] }[] } = JSON.parse(body);
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map((span) => ({ ...span, attributes: Object.fromEntries(span.attributes.map(readAttribute)) }));
}

function readAttribute({ key, value }: Attribute): [string, string | number] {
  return [key, value.stringValue ?? value.intValue ?? ''];
}
