import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../database/connect.js';
import type { Entry, EntryRef } from '../entry.js';
import { SequenceAhead, TooSlow } from '../errors.js';
import type { Changes } from './changes.js';
import { Follower } from './follower.js';
import { findGrowth, type Growth, readClock, readSequencesAt } from './read-changes.js';
import { willPass } from './user-feed.js';
import { Wake } from './wake.js';

export interface EverybodyFeedOptions {
  readonly database: Database;
  readonly changes: Changes;
  readonly entriesBehind: (ref: EntryRef) => Promise<readonly Entry[]>;
}

/**
 * Follows everybody's entries from now on: of each user in order, once each, without a gap. They are read once for all
 * who follow. Whoever takes them more slowly than they are written is cut off, so that the others need not wait.
 */
export function createEverybodyFeed(options: EverybodyFeedOptions): () => Promise<AsyncIterableIterator<Entry>> {
  let broadcast: Broadcast | undefined;
  return async () => {
    if (broadcast === undefined || broadcast.isOver) broadcast = new Broadcast(options);
    return await broadcast.follow();
  };
}

/**
 * An entry is dated while its statement runs, and no statement of ours runs for longer than 20 s: what is dated half a
 * minute ago is there to be seen, or never will be.
 */
const UNCERTAIN_MS = 30_000;

/** How many users are read together: at most 100 entries each are held until they are handed out. */
const USERS_AT_ONCE = 20;

/** How long a follower without room is waited for. */
const PATIENCE_MS = 1_000;

/**
 * One run, from the first follower to the last.
 *
 * There is no order among the entries of all users, so that no cursor could name a place in it: statements end in another
 * order than they begin. What stands for a cursor is the horizon: everything dated up to it was handed out, or was there
 * before the run began. What is dated later was handed out up to the sequence that is kept for its user; of a user for
 * whom none is kept, nothing was. So memory holds those alone who changed within the last half minute or so.
 */
class Broadcast {
  isOver = false;
  readonly #options: EverybodyFeedOptions;
  readonly #followers = new Set<Follower>();
  readonly #wake = new Wake();
  readonly #handedOut = new Map<string, Growth>();
  #horizon = new Date(0);
  #heard = new Map<string, number>();
  #mayHaveMissed = false;
  #begun: Promise<void> | undefined;
  #stopListening = () => {};

  constructor(options: EverybodyFeedOptions) {
    this.#options = options;
  }

  async follow(): Promise<AsyncIterableIterator<Entry>> {
    const follower = new Follower(() => this.#leave(follower));
    this.#followers.add(follower);
    this.#begun ??= this.#begin();
    await this.#begun.catch((error: unknown) => {
      this.#leave(follower);
      throw error;
    });
    return follower.entries();
  }

  #leave(follower: Follower): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0) return;
    this.isOver = true;
    this.#stopListening();
    this.#wake.close();
  }

  async #begin(): Promise<void> {
    const { database, changes } = this.#options;
    this.#stopListening = changes.listen('EVERYBODY', {
      heard: ({ userId, sequence }) => {
        this.#heard.set(userId, Math.max(sequence, this.#heard.get(userId) ?? 0));
        this.#wake.call();
      },
      missed: () => {
        this.#mayHaveMissed = true;
        this.#wake.call();
      },
    });
    this.#horizon = before(await readClock(database));
    for (const growth of await findGrowth(database, this.#horizon)) this.#handedOut.set(growth.userId, growth);
    void this.#run();
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#wake.wait();
      if (this.isOver) return;
      await this.#round().catch((error: unknown) => {
        if (!willPass(error)) for (const follower of this.#followers) follower.fail(error);
        this.#mayHaveMissed = true; // the next look, in a moment, finds what this round did not come to
      });
    }
  }

  async #round(): Promise<void> {
    const looked = this.#mayHaveMissed ? await this.#look() : undefined;
    const heard = [...this.#heard].filter(([userId, last]) => this.#isNews(userId, last));
    this.#heard = new Map();
    while (heard.length > 0 && !this.isOver) await this.#catchUp(new Map(heard.splice(0, USERS_AT_ONCE)));
    if (looked !== undefined) this.#moveHorizon(before(looked));
  }

  /** Looks for what nobody told of. */
  async #look(): Promise<Date> {
    const { database } = this.#options;
    this.#mayHaveMissed = false;
    const now = await readClock(database);
    for (const { userId, last } of await findGrowth(database, this.#horizon)) {
      if (last < (this.#handedOut.get(userId)?.last ?? 0)) throw new SequenceAhead(last);
      this.#heard.set(userId, Math.max(last, this.#heard.get(userId) ?? 0));
    }
    return now;
  }

  /** Hands out all that some users' ledgers hold up to the sequences that were heard of. */
  async #catchUp(lasts: ReadonlyMap<string, number>): Promise<void> {
    const { database, entriesBehind } = this.#options;
    const unknown = [...lasts.keys()].filter((userId) => !this.#handedOut.has(userId));
    const starts =
      unknown.length > 0 ? await readSequencesAt(database, { userIds: unknown, at: this.#horizon }) : new Map();
    for (let users = [...lasts.keys()]; users.length > 0 && !this.isOver; ) {
      const pages = await Promise.all(
        users.map((userId) =>
          entriesBehind({ userId, sequence: this.#handedOut.get(userId)?.last ?? starts.get(userId) ?? 0 }),
        ),
      );
      await this.#handOut(pages.flat());
      users = users.filter(
        (userId, index) => pages[index]?.length !== 0 && this.#isNews(userId, lasts.get(userId) ?? 0),
      );
    }
  }

  async #handOut(entries: readonly Entry[]): Promise<void> {
    for (const { userId, sequence, createdAt } of entries) {
      const known = this.#handedOut.get(userId)?.until ?? createdAt;
      this.#handedOut.set(userId, { userId, last: sequence, until: known > createdAt ? known : createdAt });
    }
    for (const follower of this.#followers) follower.take(entries);
    const late = [...this.#followers].filter((follower) => !follower.hasRoom);
    if (late.length === 0) return;
    const patience = new AbortController();
    await Promise.race([
      Promise.all(late.map((follower) => follower.room())),
      delay(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {}),
    ]);
    patience.abort();
    for (const follower of late) if (!follower.hasRoom) follower.fail(new TooSlow());
  }

  #isNews(userId: string, last: number): boolean {
    return last > (this.#handedOut.get(userId)?.last ?? 0);
  }

  #moveHorizon(horizon: Date): void {
    this.#horizon = horizon;
    for (const [userId, { until }] of this.#handedOut) if (until < horizon) this.#handedOut.delete(userId);
  }
}

function before(now: Date): Date {
  return new Date(now.getTime() - UNCERTAIN_MS);
}
