/**
 * `npx tsx test/bench/batcher.ts [--seconds 2] [--rounds 5]`: the gain of folding changes of points into shared
 * statements. Compares the ledger with its batcher to one statement for each change, which is the same database function
 * called by each client with one change and waiting for its lock. Both on a PostgreSQL of their own with durable commits, over
 * ten connections, in turns; medians, in Markdown.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { insertUser } from '../../src/accounts/insert-user.js';
import { connect, type Database } from '../../src/database/connect.js';
import { createFence } from '../../src/database/fence.js';
import { migrate } from '../../src/database/migrate.js';
import { openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';
import { createApplyPoints } from '../../src/points/apply-points.js';
import type { PointsChange } from '../../src/points/change.js';
import { systemClock } from '../../src/points/clock.js';
import { createLedger } from '../../src/points/ledger.js';
import { median } from './statistics.js';

type Apply = (change: PointsChange) => Promise<unknown>;

/** The result of one round. */
interface Measurement {
  readonly perSecond: number;
  /** The median of the response times. */
  readonly medianMs: number;
}

const CLIENTS = [1, 16, 64];
const USERS = 1_000;
const CONNECTIONS = 10;
const LOCK_WAIT_MS = 5_000;
const OWNER = randomUUID();

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '2' }, rounds: { type: 'string', default: '5' } },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);

const home = await mkdtemp(join(tmpdir(), 'scrip-batcher-'));
await chmod(home, 0o755); // as root, PostgreSQL runs as another user
const postgres = await openEmbeddedPostgres({ home, log: () => {} });
const fence = createFence();
const { database, close } = connect({
  url: postgres.url,
  fence,
  poolSize: CONNECTIONS,
  behindPooler: false,
  onLost: (error) => {
    throw error; // the figures would mean nothing
  },
});
try {
  await migrate({
    database,
    url: postgres.url,
    behindPooler: false,
    fence,
    log: pino({ level: 'silent' }),
  });
  await compareAll(await createUsers());
} finally {
  await close();
  await postgres.close();
  await rm(home, { recursive: true, force: true });
}

async function createUsers(): Promise<string[]> {
  return await database.transaction(async (transaction: Database) => {
    const ids: string[] = [];
    for (let number = 0; number < USERS; number++) {
      const user = { username: `user-${number}`, role: 'USER', passwordHash: null } as const;
      ids.push((await insertUser(transaction, user, { restDays: 0, tellsWhen: false })).id);
    }
    return ids;
  });
}

async function compareAll(userIds: readonly string[]): Promise<void> {
  const run = createApplyPoints(database);
  const one: Apply = async (change) => await run([{ change, isRetry: false }], LOCK_WAIT_MS);
  const { apply: folded } = createLedger({ run, clock: systemClock, onFailure: () => {}, onEntry: () => {} });
  process.stdout.write(
    `| users | clients | one statement each | batched | ratio | one statement each, p50 | batched, p50 |\n|---|--:|--:|--:|--:|--:|--:|\n`,
  );
  for (const [users, ids] of [
    ['one, hot', userIds.slice(0, 1)],
    [`${USERS}, spread`, userIds],
  ] as const) {
    for (const clients of CLIENTS) {
      const [ones, batched] = await compare([one, folded], { clients, ids });
      const ratio = (batched.perSecond / ones.perSecond).toFixed(2);
      const figures = [perSecond(ones), perSecond(batched), ratio, milliseconds(ones), milliseconds(batched)];
      process.stdout.write(`| ${[users, clients, ...figures].join(' | ')} |\n`);
    }
  }
}

/** Measures both alternately, after a warm-up round. Returns the medians of both. */
async function compare(
  both: readonly [Apply, Apply],
  load: { clients: number; ids: readonly string[] },
): Promise<[Measurement, Measurement]> {
  const measured: [Measurement[], Measurement[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    for (const nth of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const measurement = await measure(both[nth], load);
      if (round > 0) measured[nth].push(measurement);
    }
  }
  return [middle(measured[0]), middle(measured[1])];
}

/** Each client adds one point after the other, each with a key of its own. */
async function measure(
  apply: Apply,
  { clients, ids }: { clients: number; ids: readonly string[] },
): Promise<Measurement> {
  const took: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1_000;
  const work = async () => {
    for (let from = performance.now(); from < end; from = performance.now()) {
      await apply(addition(ids[Math.floor(Math.random() * ids.length)] ?? ''));
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  return { perSecond: (took.length / (performance.now() - start)) * 1_000, medianMs: median(took) };
}

function addition(id: string): PointsChange {
  const action = { kind: 'ADD', points: 1 } as const;
  return {
    user: { id },
    action,
    reason: null,
    idempotencyKey: randomUUID(),
    ownerId: OWNER,
    credential: { kind: 'NONE' },
  };
}

function middle(measurements: readonly Measurement[]): Measurement {
  return {
    perSecond: median(measurements.map(({ perSecond }) => perSecond)),
    medianMs: median(measurements.map(({ medianMs }) => medianMs)),
  };
}

function perSecond(measurement: Measurement): string {
  return `${Math.round(measurement.perSecond)}/s`;
}

function milliseconds({ medianMs }: Measurement): string {
  return `${medianMs.toFixed(2)} ms`;
}
