import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../database/connect.js';
import { Signal } from '../points/feed/signal.js';
import type { Channel, Lane } from './channel.js';
import type { Deliver } from './deliver.js';
import { keyOf, type Row, readDueRows, type Wanted } from './row.js';
import { Turn } from './turn.js';

export interface DispatchOptions {
  readonly database: Database;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly deliver: Deliver;
  /** Rows could not be read, or the work on one failed. The rows stay due. */
  readonly onError: (error: unknown) => void;
}

/** Turns of a lane at once, on this node: what bounds its connections and the entries that it holds. */
const MAX_TURNS = 100;

/** Webhooks whose rows one statement reads. */
const MAX_CHANNELS = 200;

/** The pause between two reads of due rows. */
const PAUSE_MS = 10;

/** Whether rows have become due is looked up this often where nothing has said so: retries, and what other nodes did. */
const TICK_MS = 500;

/** After an error. */
const RETRY_MS = 1_000;

/** Reads rows that are due, and has them worked on as far as lanes and webhooks have room. */
export class Dispatch {
  readonly #options: DispatchOptions;
  readonly #signal = new Signal();
  readonly #running = new Set<Promise<void>>();
  /** Rows whose turns have ended since the read of due rows began: it may have seen them as they were before. */
  readonly #ended = new Set<string>();
  #tick: NodeJS.Timeout | undefined;
  #loop: Promise<void> | undefined;
  /** Where the next read begins among the webhooks, so that each gets its part of a lane. */
  #next = 0;

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#tick = setInterval(() => this.#lookUp(), TICK_MS).unref();
    this.#loop = this.#run();
  }

  /** Rows of these webhooks may have become due; of all of them unless ids are given. */
  notify(ids: Iterable<string> = this.#options.channels.keys()): void {
    for (const id of ids) {
      const channel = this.#options.channels.get(id);
      if (channel !== undefined) channel.isDue = true;
    }
    this.#signal.notify();
  }

  /** Begins no more turns. */
  async stop(): Promise<void> {
    clearInterval(this.#tick);
    this.#signal.close();
    await this.#loop;
  }

  /** Resolves when no turn is running. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #lookUp(): void {
    const now = performance.now();
    for (const channel of this.#options.channels.values()) channel.look(now);
    this.notify();
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#signal.wait();
      if (this.#signal.isClosed) return;
      await this.#beginDue().catch(async (error: unknown) => {
        this.#options.onError(error);
        await delay(RETRY_MS);
      });
      await delay(PAUSE_MS);
    }
  }

  async #beginDue(): Promise<void> {
    const now = performance.now();
    const room = this.#room();
    const chosen = this.#rotated().filter(
      (channel) => channel.isDue && channel.room(now) > 0 && room[channel.lane] > 0,
    );
    const asked = chosen.slice(0, MAX_CHANNELS);
    if (asked.length === 0) return;
    this.#next += 1;
    for (const channel of asked) channel.isDue = false;
    const wanted = asked.map((channel) => wantedOf(channel, now));
    this.#ended.clear();
    const rows = await readDueRows(this.#options.database, wanted);
    const queues = asked.map((channel, index) => {
      const due = rows.filter(({ webhookId }) => webhookId === channel.id);
      const { maxNew, maxFailed } = wanted[index] ?? { maxNew: 0, maxFailed: 0 };
      const [failed, unsent] = [due.filter(hasFailed), due.filter((row) => !hasFailed(row))];
      if (unsent.length === maxNew || failed.length === maxFailed) channel.isDue = true; // there may be more
      // Those that have failed first: there are few of them at once, and the others would never leave them room.
      return { channel, due: [...failed, ...unsent].filter((row) => !this.#isTaken(channel, row)) };
    });
    this.#beginByTurns(queues);
    if (chosen.length > asked.length) this.#signal.notify();
  }

  /** Whether the row is worked on, or was until after the read of due rows began. */
  #isTaken(channel: Channel, row: Row): boolean {
    const key = keyOf(row);
    return channel.turns.has(key) || this.#ended.has(key);
  }

  /** One row of each webhook, then the next one of each, until nothing is left or has room. */
  #beginByTurns(queues: readonly { readonly channel: Channel; readonly due: Row[] }[]): void {
    const now = performance.now();
    const room = this.#room();
    let left = queues;
    while (left.length > 0) {
      left = left.filter(({ channel, due }) => {
        const [row] = due;
        if (row === undefined) return false;
        if (channel.room(now) === 0 || room[channel.lane] <= 0) {
          channel.isDue = true;
          return false;
        }
        due.shift();
        if (hasFailed(row) && channel.roomForFailed === 0) return true;
        room[channel.lane] -= 1;
        this.#begin(channel, row);
        return true;
      });
    }
  }

  #begin(channel: Channel, row: Row): void {
    const key = keyOf(row);
    const turn = new Turn(row);
    channel.begin(key, turn);
    const run = this.#options
      .deliver(channel, turn)
      .catch((error: unknown) => {
        this.#options.onError(error);
        channel.block(performance.now());
      })
      .finally(() => {
        channel.turns.delete(key);
        this.#ended.add(key);
        channel.isDue = true;
        this.#running.delete(run);
        this.#signal.notify();
      });
    this.#running.add(run);
  }

  /** The webhooks, from another one on at each read. */
  #rotated(): readonly Channel[] {
    const channels = [...this.#options.channels.values()];
    const start = channels.length === 0 ? 0 : this.#next % channels.length;
    return [...channels.slice(start), ...channels.slice(0, start)];
  }

  /** Number of turns of each lane that may begin now. */
  #room(): Record<Lane, number> {
    const room = { PROMPT: MAX_TURNS, SLOW: MAX_TURNS };
    for (const channel of this.#options.channels.values()) room[channel.lane] -= channel.turns.size;
    return room;
  }
}

function hasFailed({ attempts }: Row): boolean {
  return attempts > 0;
}

/** Rows that are worked on are due as well, and come first. */
function wantedOf(channel: Channel, now: number): Wanted {
  const { id, turns, failedTurns, roomForFailed } = channel;
  const room = channel.room(now);
  return {
    id,
    maxNew: room + turns.size - failedTurns,
    maxFailed: Math.min(room, roomForFailed) + failedTurns,
  };
}
