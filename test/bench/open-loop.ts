/**
 * `node open-loop.js`: sends requests at a fixed rate, whatever the responses do. Reads a {@link Schedule} in JSON on
 * standard input and writes a {@link Result}.
 *
 * Latency counts from the moment at which a request was meant to be sent: what waits because the server, or this program,
 * is late counts too. autocannon's `overallRate` is no substitute: each of its connections sends its share of a second at
 * once, waits for each response, and pauses until the next second.
 */
import { Agent, request } from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

export interface Schedule {
  readonly url: string;
  /** Sent in this order. */
  readonly requests: readonly { readonly path: string; readonly secret: string; readonly body: string }[];
  readonly perSecond: number;
  readonly connections: number;
}

export interface Result {
  readonly seconds: number;
  /** Of each request with a status of 2xx, in no order. */
  readonly latenciesMs: readonly number[];
  /** Responses with another status. */
  readonly denied: number;
  /** Requests without a response. */
  readonly failed: number;
}

if (isMainThread) process.stdout.write(JSON.stringify(await run(JSON.parse(await readAll()))));
else tick(workerData);

async function run({ url, requests, perSecond, connections }: Schedule): Promise<Result> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const gapMs = 1_000 / perSecond;
  const latenciesMs: number[] = [];
  let [denied, failed, sent] = [0, 0, 0];
  await new Promise<void>((resolve) => {
    const count = () => {
      if (latenciesMs.length + denied + failed === requests.length) resolve();
    };
    const clock = new Worker(new URL(import.meta.url), { workerData: { gapMs, count: requests.length } });
    clock.on('message', (meantAt: number) => {
      const { path, secret, body } = requests[sent++] ?? { path: '', secret: '', body: '' };
      const headers = {
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      };
      request(url + path, { method: 'POST', agent, headers }, (response) => {
        response.resume().on('end', () => {
          if (Math.floor((response.statusCode ?? 0) / 100) === 2) latenciesMs.push(now() - meantAt);
          else denied++;
          count();
        });
      })
        .on('error', () => {
          failed++;
          count();
        })
        .end(body);
    });
  });
  agent.destroy();
  return { seconds: (requests.length * gapMs) / 1_000, latenciesMs, denied, failed };
}

/**
 * Posts the moment of each request when it has come. A thread of its own can wait for a part of a millisecond, where a
 * timer of Node is up to 1 ms late: more than the fastest responses take.
 */
function tick({ gapMs, count }: { gapMs: number; count: number }): void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  const start = now() + 10;
  for (let index = 0; index < count; index++) {
    const meantAt = start + index * gapMs;
    const waitMs = meantAt - now();
    if (waitMs > 0) Atomics.wait(sleeper, 0, 0, waitMs);
    parentPort?.postMessage(meantAt);
  }
}

/** Milliseconds of a clock that both threads share; that of `performance` begins with each. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
