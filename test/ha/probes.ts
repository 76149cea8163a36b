/** Asks the database and the nodes again and again how they are. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Attempt, Sample } from './measures.js';

const EVERY_MS = 200;

/** While one waits for a server that has vanished, another one tries anew. */
const AT_ONCE = 3;

/** Writes rows, on connections that are made anew when they break, and tells when each was confirmed. */
export async function probeDatabase(adminUrl: string, signal: AbortSignal): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  const connectionString = new URL('/postgres', adminUrl).href;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (!signal.aborted) {
        await writeAgain(connectionString, attempts, signal).catch(() => {}); // the connection broke
        await delay(EVERY_MS);
      }
    }),
  );
  return attempts;
}

async function writeAgain(connectionString: string, attempts: Attempt[], signal: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 3_000, query_timeout: 3_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    while (!signal.aborted) {
      const from = performance.now();
      await client.query('insert into written values (clock_timestamp())');
      attempts.push({ from, to: performance.now(), isDone: true });
      await delay(EVERY_MS);
    }
  } finally {
    await Promise.race([client.end().catch(() => {}), delay(500)]);
  }
}

/** Asks a node whether it is ready, until it is stopped. */
export async function watchReadyz(url: string, signal: AbortSignal): Promise<Sample[]> {
  const samples: Sample[] = [];
  while (!signal.aborted) {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    await response?.arrayBuffer();
    samples.push({ at: performance.now(), isReady: response?.ok === true });
    await delay(EVERY_MS);
  }
  return samples;
}
