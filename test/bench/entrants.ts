import { setTimeout as delay } from 'node:timers/promises';
import { ENTRIES_OF_USER, type Secrets, USERS } from './data.js';
import type { BenchDatabase, Cluster } from './database.js';
import type { Contender } from './line-up.js';
import { type Server, start } from './server.js';
import { median } from './statistics.js';
import { PAGE_DISTANCE, verify } from './verify.js';

/** A contender that runs, and has proved that it does the work. */
export interface Entrant {
  readonly server: Server;
  readonly database: BenchDatabase;
  /** Cursors of pages of users, null for the first. */
  readonly pages: readonly (string | null)[];
  readonly startMs: number;
  readonly idleMiB: number;
}

/** The environment of a contender. Scrip has what a deployment has to set, and nothing else. */
export const environment = (database: BenchDatabase) => ({
  DATABASE_URL: database.url,
  JWT_SECRET: 'a secret that only these runs use, and nothing else',
});

export interface EnterOptions {
  readonly cluster: Cluster;
  readonly secrets: Secrets;
  /** How often the contender is started, for the time that takes. */
  readonly starts: number;
  /** How long it does nothing before its memory is read. */
  readonly idleSeconds: number;
}

/** Gives a contender a database, starts it some times, and verifies it. */
export async function enter(
  contender: Contender,
  { cluster, secrets, starts, idleSeconds }: EnterOptions,
): Promise<Entrant> {
  const database = await cluster.create(contender.tables, contender.name, {
    secrets,
    ledger: { users: USERS, each: ENTRIES_OF_USER },
    otherTokens: 0,
  });
  const startOnce = () => start(contender, { env: environment(database), secret: secrets.wide[0] ?? '' });
  const startsMs: number[] = [];
  for (let count = 1; count < starts; count++) {
    const server = await startOnce();
    startsMs.push(server.startMs);
    await server.stop();
  }
  const server = await startOnce();
  startsMs.push(server.startMs);
  try {
    await delay(idleSeconds * 1_000); // V8 gives the memory of the start back once nothing happens
    const idleMiB = server.residentMiB();
    const pages = await findPages(server, secrets);
    await verify(server, { database, secrets, pages });
    return { server, database, pages, startMs: median(startsMs), idleMiB };
  } catch (error) {
    await server.stop();
    throw new Error(`${contender.title} does not do the work.`, { cause: error });
  }
}

const PAGE = {
  query: `query Page($after: String) { users(first: ${PAGE_DISTANCE}, after: $after) { pageInfo { endCursor } } }`,
  path: '/pages',
};

/** The cursors that lie {@link PAGE_DISTANCE} users apart. */
export async function findPages(server: Server, secrets: Secrets): Promise<(string | null)[]> {
  const pages: (string | null)[] = [null];
  while (pages.length < USERS / PAGE_DISTANCE) {
    const { data } = await server.ask(PAGE, { after: pages.at(-1) }, secrets.wide[0] ?? '');
    pages.push(data.users.pageInfo.endCursor);
  }
  return pages;
}
