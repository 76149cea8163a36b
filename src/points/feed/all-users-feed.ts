import { setTimeout as delay } from 'node:timers/promises';
import { readClock } from '../../database/clock.js';
import type { Database } from '../../database/connect.js';
import type { Entry, EntryRef } from '../entry.js';
import { SequenceAhead, SlowSubscriber } from '../errors.js';
import type { Announcements } from './announcements.js';
import { isTransient } from './is-transient.js';
import { findGrowth, type Growth, readSequencesAt } from './read-entries.js';
import { Signal } from './signal.js';
import { Subscriber } from './subscriber.js';

export interface AllUsersFeedOptions {
  readonly database: Database;
  readonly announcements: Announcements;
  readonly entriesAfter: (ref: EntryRef) => Promise<readonly Entry[]>;
}

/**
 * Follows the entries of all users from now on: of each user in order, once each, without a gap. They are read once for
 * all subscribers. A subscriber that reads more slowly than entries are written is cut off, so that the others need not
 * wait.
 */
export function createAllUsersFeed(options: AllUsersFeedOptions): () => Promise<AsyncIterableIterator<Entry>> {
  let broadcast: Broadcast | undefined;
  return async () => {
    if (broadcast === undefined || broadcast.isOver) broadcast = new Broadcast(options);
    return await broadcast.subscribe();
  };
}

/**
 * An entry is dated while its statement runs, and no statement of ours runs for longer than 20 s: an entry that is dated
 * half a minute ago is visible, or never will be.
 */
const UNCERTAIN_MS = 30_000;

/** Users that are read together: up to 100 entries of each are held until they are delivered. */
const USERS_PER_READ = 20;

/** How long to wait for a subscriber without room. */
const SLOW_AFTER_MS = 1_000;

/**
 * One run, from the first subscriber to the last.
 *
 * The entries of all users have no common order, so that no cursor could name a position: statements end in another order
 * than they begin. Instead there is a cutoff: everything dated up to it was delivered, or was written before the run
 * began. Of what is dated later, the entries up to the sequence that is kept for their user were delivered; none of a user
 * without one. So memory holds only the users with an entry within the last half minute or so.
 */
class Broadcast {
  isOver = false;
  readonly #options: AllUsersFeedOptions;
  readonly #subscribers = new Set<Subscriber>();
  readonly #signal = new Signal();
  readonly #delivered = new Map<string, Growth>();
  #cutoff = new Date(0);
  /** The last sequence of each user with undelivered entries. */
  #pending = new Map<string, number>();
  #hasGap = false;
  #begun: Promise<void> | undefined;
  #stopListening = () => {};

  constructor(options: AllUsersFeedOptions) {
    this.#options = options;
  }

  async subscribe(): Promise<AsyncIterableIterator<Entry>> {
    const subscriber = new Subscriber(() => this.#leave(subscriber));
    this.#subscribers.add(subscriber);
    this.#begun ??= this.#begin();
    await this.#begun.catch((error: unknown) => {
      this.#leave(subscriber);
      throw error;
    });
    return subscriber.entries();
  }

  #leave(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return;
    this.isOver = true;
    this.#stopListening();
    this.#signal.close();
  }

  async #begin(): Promise<void> {
    const { database, announcements } = this.#options;
    this.#stopListening = announcements.listen('ALL', {
      onEntry: ({ userId, sequence }) => {
        this.#pending.set(userId, Math.max(sequence, this.#pending.get(userId) ?? 0));
        this.#signal.notify();
      },
      onGap: () => {
        this.#hasGap = true;
        this.#signal.notify();
      },
    });
    this.#cutoff = before(await readClock(database));
    for (const growth of await findGrowth(database, this.#cutoff)) this.#delivered.set(growth.userId, growth);
    void this.#run();
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#signal.wait();
      if (this.isOver) return;
      await this.#deliverPending().catch((error: unknown) => {
        if (!isTransient(error)) for (const subscriber of this.#subscribers) subscriber.fail(error);
        this.#hasGap = true; // the next search, in a moment, finds what was not delivered
      });
    }
  }

  async #deliverPending(): Promise<void> {
    const searchedAt = this.#hasGap ? await this.#search() : undefined;
    const pending = [...this.#pending].filter(([userId, last]) => this.#isUndelivered(userId, last));
    this.#pending = new Map();
    while (pending.length > 0 && !this.isOver) await this.#catchUp(new Map(pending.splice(0, USERS_PER_READ)));
    if (searchedAt !== undefined) this.#moveCutoff(before(searchedAt));
  }

  /** Searches for entries that were not announced. */
  async #search(): Promise<Date> {
    const { database } = this.#options;
    this.#hasGap = false;
    const now = await readClock(database);
    for (const { userId, last } of await findGrowth(database, this.#cutoff)) {
      if (last < (this.#delivered.get(userId)?.last ?? 0)) throw new SequenceAhead(last);
      this.#pending.set(userId, Math.max(last, this.#pending.get(userId) ?? 0));
    }
    return now;
  }

  /** Delivers the entries of some users up to the given sequences. */
  async #catchUp(lasts: ReadonlyMap<string, number>): Promise<void> {
    const { database, entriesAfter } = this.#options;
    const unknown = [...lasts.keys()].filter((userId) => !this.#delivered.has(userId));
    const starts =
      unknown.length > 0 ? await readSequencesAt(database, { userIds: unknown, at: this.#cutoff }) : new Map();
    for (let users = [...lasts.keys()]; users.length > 0 && !this.isOver; ) {
      const pages = await Promise.all(
        users.map((userId) =>
          entriesAfter({ userId, sequence: this.#delivered.get(userId)?.last ?? starts.get(userId) ?? 0 }),
        ),
      );
      await this.#deliver(pages.flat());
      users = users.filter(
        (userId, index) => pages[index]?.length !== 0 && this.#isUndelivered(userId, lasts.get(userId) ?? 0),
      );
    }
  }

  async #deliver(entries: readonly Entry[]): Promise<void> {
    for (const { userId, sequence, recordedAt } of entries) {
      const known = this.#delivered.get(userId)?.until ?? recordedAt;
      this.#delivered.set(userId, { userId, last: sequence, until: known > recordedAt ? known : recordedAt });
    }
    for (const subscriber of this.#subscribers) subscriber.add(entries);
    const slow = [...this.#subscribers].filter((subscriber) => !subscriber.hasRoom);
    if (slow.length === 0) return;
    const waiting = new AbortController();
    await Promise.race([
      Promise.all(slow.map((subscriber) => subscriber.room())),
      delay(SLOW_AFTER_MS, undefined, { signal: waiting.signal }).catch(() => {}),
    ]);
    waiting.abort();
    for (const subscriber of slow) if (!subscriber.hasRoom) subscriber.fail(new SlowSubscriber());
  }

  #isUndelivered(userId: string, last: number): boolean {
    return last > (this.#delivered.get(userId)?.last ?? 0);
  }

  #moveCutoff(cutoff: Date): void {
    this.#cutoff = cutoff;
    for (const [userId, { until }] of this.#delivered) if (until < cutoff) this.#delivered.delete(userId);
  }
}

function before(now: Date): Date {
  return new Date(now.getTime() - UNCERTAIN_MS);
}
