import { sql } from 'drizzle-orm';
import type { Database, PooledDatabase } from '../database/connect.js';
import { addFound, findGrowth, wakeSingleUsers } from './find-entries.js';
import { addEvents } from './find-events.js';
import { countDueRows } from './row.js';
import {
  lockLeased,
  moveHorizon,
  moveHorizons,
  readBounds,
  readSearched,
  readSpan,
  type Searched,
} from './search-statements.js';

export interface SearchOptions {
  readonly database: PooledDatabase;
  readonly holderId: string;
}

/** A webhook with so many rows due gets no more: what it has not taken up stays in the ledger, where it costs nothing. */
const MAX_DUE = 500;

/** What the search of the newest looks at. If there is more, each webhook is searched alone for a while. */
const MAX_NEW_ENTRIES = 100_000;
const MAX_NEW_EVENTS = 10_000;
const CROWDED_MS = 10_000;

/** Entries, and events of each kind, that the search of one webhook looks at. */
const MAX_IN_SPAN = 1_000;

/** The spans of a search: the first, and how they grow after few entries and shrink after too many. */
const FIRST_SPAN_SECONDS = 60;
const MAX_SPAN_SECONDS = 320_000_000;
const GROWTH = 8;
const SHRINKING = 4;

/** What is dated within a microsecond was written by one statement, and is found at once, however much it is. */
const MIN_SPAN_SECONDS = 0.000_001;

/** Users whose entries are known to have rows; more than have new entries within half a minute. */
const MAX_KNOWN = 100_000;

/** There is more than one transaction should add; it is undone. */
class TooMany extends Error {}

/**
 * Searches the ledger, and what else there is events of, for everything after the horizons of webhooks. A search makes rows
 * of what it finds and moves the horizons in one transaction: if it fails, the next one finds the same again.
 */
export class Search {
  readonly #options: SearchOptions;
  /** Of each webhook the instant up to which everything was found; it may be later than the stored horizon. */
  readonly #certain = new Map<string, string>();
  /** The seconds of the next span of a webhook that is behind. */
  readonly #spans = new Map<string, number>();
  /** The webhooks that the last search of the newest added rows to, with whose entries they are sent. */
  #searched = new Set<string>();
  /** The last sequences of users that all of these have rows for. */
  readonly #known = new Map<string, number>();
  #takers: readonly string[] = [];
  /** Until when there is too much to search all webhooks together, by the clock of `performance`. */
  #crowdedUntil = Number.NEGATIVE_INFINITY;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  /** The webhooks that an announced entry makes a row in at once. The others find it when they have come so far. */
  get takers(): readonly string[] {
    return this.#takers;
  }

  /**
   * One round: of all webhooks that are up to date the newest, of each of the others one span.
   *
   * @param leased the webhooks whose leases the node holds.
   * @returns whether there is more to search at once.
   */
  async round(leased: readonly string[]): Promise<boolean> {
    for (const id of this.#certain.keys()) if (!leased.includes(id)) this.#certain.delete(id);
    for (const id of this.#spans.keys()) if (!leased.includes(id)) this.#spans.delete(id);
    const { database, holderId } = this.#options;
    const due = await countDueRows(database, leased, MAX_DUE);
    const open = await readSearched(
      database,
      leased.filter((id) => (due.get(id) ?? 0) < MAX_DUE),
      holderId,
    );
    const live = open.filter(({ isLive }) => isLive);
    this.#takers = live.filter(({ entriesOf }) => entriesOf !== 'NONE').map(({ id }) => id);
    const isFound = performance.now() >= this.#crowdedUntil && (await this.#searchNew(live));
    if (!isFound && performance.now() >= this.#crowdedUntil) this.#crowdedUntil = performance.now() + CROWDED_MS;
    let hasMore = false;
    for (const { id, entriesOf } of isFound ? open.filter(({ isLive }) => !isLive) : open)
      hasMore = (await this.#searchSpan(id, entriesOf)) || hasMore;
    return hasMore;
  }

  /** @returns whether it found everything; false: there was too much, and nothing was changed. */
  async #searchNew(live: readonly Searched[]): Promise<boolean> {
    if (live.length === 0) return true;
    const { holderId } = this.#options;
    if (live.some((webhook) => !this.#searched.has(nameOf(webhook)))) this.#known.clear();
    const sinces = live.map(({ id, horizon }) => this.#certain.get(id) ?? horizon);
    const result = await this.#inTransaction(async (transaction) => {
      const { since, certain } = await readBounds(transaction, sinces);
      const span = { since, until: null };
      const growth = live.some(({ entriesOf }) => entriesOf === 'ALL')
        ? await findGrowth(transaction, span, MAX_NEW_ENTRIES)
        : [];
      if (growth === undefined) throw new TooMany();
      const found = growth.filter(({ userId, last }) => last > (this.#known.get(userId) ?? 0));
      const ids = await lockLeased(
        transaction,
        live.map(({ id }) => id),
        holderId,
      );
      const locked = live.filter(({ id }) => ids.includes(id));
      await addFound(transaction, { ids: idsOf(locked, 'ALL'), holderId }, found);
      await wakeSingleUsers(transaction, idsOf(locked, 'ONE'));
      if (!(await addEvents(transaction, ids, span, MAX_NEW_EVENTS))) throw new TooMany();
      await moveHorizons(transaction, ids, certain);
      return { locked, certain, found };
    });
    this.#searched = new Set(result?.locked.map(nameOf));
    if (result === undefined) return false;
    for (const { id } of result.locked) this.#certain.set(id, result.certain);
    for (const { userId, last } of result.found) this.#known.set(userId, last);
    if (this.#known.size > MAX_KNOWN) this.#known.clear(); // what is found twice changes nothing
    return true;
  }

  /** @returns whether it has moved the horizon, or tries again with a shorter span. */
  async #searchSpan(id: string, entriesOf: Searched['entriesOf']): Promise<boolean> {
    const { holderId } = this.#options;
    const seconds = this.#spans.get(id) ?? FIRST_SPAN_SECONDS;
    const max = seconds > MIN_SPAN_SECONDS ? MAX_IN_SPAN : Number.MAX_SAFE_INTEGER - 1;
    const result = await this.#inTransaction(async (transaction) => {
      const [locked] = await lockLeased(transaction, [id], holderId);
      const span = locked === undefined ? undefined : await readSpan(transaction, id, seconds);
      if (span === undefined) return { until: undefined, next: seconds };
      const growth = entriesOf === 'ALL' ? await findGrowth(transaction, span, max) : [];
      if (growth === undefined) throw new TooMany();
      await addFound(transaction, { ids: [id], holderId }, growth);
      if (entriesOf === 'ONE') await wakeSingleUsers(transaction, [id]);
      if (!(await addEvents(transaction, [id], span, max))) throw new TooMany();
      await moveHorizon(transaction, id, span.until);
      return { until: span.until, next: growth.length < max / GROWTH ? seconds * GROWTH : seconds };
    });
    const next = result?.next ?? seconds / SHRINKING;
    this.#spans.set(id, Math.min(Math.max(next, MIN_SPAN_SECONDS), MAX_SPAN_SECONDS));
    if (result?.until !== undefined) this.#certain.set(id, result.until);
    return result === undefined || result.until !== undefined;
  }

  /**
   * Without sequential scans: of the dates of entries the planner knows only that there are many, and would read the table.
   *
   * @returns undefined where there was too much.
   */
  async #inTransaction<Result>(work: (transaction: Database) => Promise<Result>): Promise<Result | undefined> {
    try {
      return await this.#options.database.transaction(async (transaction) => {
        await transaction.execute(sql`set local enable_seqscan = off`);
        return await work(transaction);
      });
    } catch (error) {
      if (error instanceof TooMany) return undefined;
      throw error;
    }
  }
}

function nameOf({ id, entriesOf }: Searched): string {
  return `${id} ${entriesOf}`;
}

function idsOf(webhooks: readonly Searched[], entriesOf: Searched['entriesOf']): readonly string[] {
  return webhooks.filter((webhook) => webhook.entriesOf === entriesOf).map(({ id }) => id);
}
