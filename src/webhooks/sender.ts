/** Sends the events of webhooks: of each one node at a time, all nodes together those of all. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { PooledDatabase, PreparedDatabase } from '../database/connect.js';
import type { PointsFeed } from '../points/feed/points-feed.js';
import type { Channel } from './channel.js';
import { Channels } from './channels.js';
import type { ContentReads } from './content.js';
import { createDeliver, type Deliver } from './deliver.js';
import { createDeliverOptions } from './deliver-options.js';
import { Dispatch } from './dispatch.js';
import { RETRY_SECONDS } from './failures.js';
import { deleteDone } from './find-events.js';
import { Hints } from './hints.js';
import type { WebhookKeys } from './keys.js';
import { type LeaseHolder, MAX_NEW, releaseLeases } from './lease.js';
import { Notes } from './notes.js';
import { noteDelivered } from './progress.js';
import { reencryptKeys } from './reencrypt-keys.js';
import { type Repeated, repeat } from './repeat.js';
import { Search } from './search.js';
import type { Attempt, SendMessage } from './send.js';
import type { Webhook } from './webhook.js';

/** Counts by webhook. */
export interface SenderMetrics {
  webhookAttempted(webhookId: string, outcome: Attempt['kind']): void;
  webhookPending(webhookId: string, entries: number): void;
  /** This node no longer sends the webhook. */
  webhookLost(webhookId: string): void;
}

export interface SenderReads extends ContentReads {
  readonly webhookById: (id: string) => Promise<Webhook | undefined>;
  readonly pendingOf: (webhookId: string) => Promise<number>;
}

/** How long things take; tests have shorter times. */
export interface SenderTimes {
  readonly leaseSeconds: number;
  readonly renewMs: number;
  readonly searchMs: number;
  /** Until the next attempt, after each failed one. */
  readonly retrySeconds: readonly number[];
}

const SENDER_TIMES: SenderTimes = {
  leaseSeconds: 10,
  renewMs: 3_000,
  searchMs: 2_000,
  retrySeconds: RETRY_SECONDS,
};

export interface SenderOptions {
  readonly database: PooledDatabase;
  readonly lookUps: PreparedDatabase;
  readonly pointsFeed: Pick<PointsFeed, 'listen' | 'entriesAfter'>;
  readonly reads: SenderReads;
  readonly keys: WebhookKeys;
  readonly send: SendMessage;
  readonly metrics: SenderMetrics;
  readonly log: Logger;
  readonly times?: Partial<SenderTimes> | undefined;
}

export interface Sender {
  /** Begins no more requests, notes what was delivered, and gives the leases back. It never rejects. */
  stop(): Promise<void>;
}

/** While there are more leases to take, others have their chance before the next ones. */
const RENEW_AGAIN_MS = 100;

/** While the next search finds more, it comes so soon. */
const SEARCH_AGAIN_MS = 50;

/** Rows that were delivered are deleted, and what is pending is counted, this often. */
const MAINTENANCE_MS = 15_000;
const MAX_DELETED = 5_000;

/** Requests in flight have this time when the process ends; after it their response is unknown. */
const STOP_MS = 1_000;

/** Starts to send, on this node. Nothing that fails here ends the process: what is due stays so in the database. */
export function startSender(options: SenderOptions): Sender {
  const running = new RunningSender(options);
  running.start();
  return running;
}

class RunningSender implements Sender {
  readonly #options: SenderOptions;
  readonly #times: SenderTimes;
  readonly #holder: LeaseHolder;
  readonly #channels: Channels;
  readonly #notes: Notes;
  readonly #search: Search;
  readonly #hints: Hints;
  readonly #dispatch: Dispatch;
  /** Webhooks with an accepted message that `last_delivered_at` does not include yet. */
  #delivered = new Set<string>();
  #loops: readonly Repeated[] = [];
  #stopListening: (() => void) | undefined;

  constructor(options: SenderOptions) {
    const { database, metrics, times } = options;
    this.#options = options;
    this.#times = { ...SENDER_TIMES, ...times };
    this.#holder = { id: randomUUID(), leaseSeconds: this.#times.leaseSeconds };
    const holderId = this.#holder.id;
    const onFailure = this.#warn;
    this.#channels = new Channels({ database, holder: this.#holder, onLost: metrics.webhookLost });
    this.#notes = new Notes({ database, holderId, onFailure });
    this.#search = new Search({ database, holderId });
    this.#dispatch = new Dispatch({
      database,
      channels: this.#channels.byId,
      deliver: this.#createDeliver(),
      onError: this.#warn,
    });
    const onRows = () => this.#dispatch.notify(this.#search.takers);
    this.#hints = new Hints({ database, holderId, takers: () => this.#search.takers, onRows, onFailure });
  }

  start(): void {
    const { renewMs, searchMs } = this.#times;
    const loop = (work: () => Promise<number>, failurePauseMs: number) =>
      repeat(work, { failurePauseMs, onError: this.#warn });
    const search = loop(() => this.#searchOnce(), searchMs);
    const maintenance = loop(() => this.#maintain(), MAINTENANCE_MS);
    const renewal = loop(async () => {
      const added = await this.#renew();
      if (added.length === 0) return renewMs;
      search.skipPause();
      maintenance.skipPause();
      return added.length < MAX_NEW ? renewMs : RENEW_AGAIN_MS;
    }, renewMs);
    this.#loops = [renewal, search, maintenance];
    this.#dispatch.start();
  }

  async stop(): Promise<void> {
    this.#stopListening?.();
    const { database } = this.#options;
    try {
      await Promise.all([this.#dispatch.stop(), this.#hints.stop(), ...this.#loops.map((loop) => loop.stop())]);
      await Promise.race([this.#dispatch.idle(), delay(STOP_MS, undefined, { ref: false })]);
      this.#channels.stop();
      await this.#notes.stop();
      await this.#dispatch.idle();
      await this.#noteDelivered();
      await releaseLeases(database, this.#holder);
    } catch (error) {
      this.#warn(error);
    }
  }

  readonly #warn = (error: unknown): void => {
    this.#options.log.warn({ event: 'webhooks_failed', err: error }, 'webhooks could not be sent, retrying');
  };

  /** @returns the webhooks that the node did not hold before. */
  async #renew(): Promise<readonly string[]> {
    await this.#noteDelivered();
    const added = await this.#channels.renew();
    this.#listenIfNeeded();
    if (added.length === 0) return added;
    this.#dispatch.notify(added);
    return added;
  }

  /** Listening takes a connection of its own. */
  #listenIfNeeded(): void {
    if (this.#channels.byId.size === 0) {
      this.#stopListening?.();
      this.#stopListening = undefined;
      return;
    }
    this.#stopListening ??= this.#options.pointsFeed.listen({
      onEntry: (entry) => this.#hints.add(entry),
      onGap: () => {}, // the search comes as often
    });
  }

  async #noteDelivered(): Promise<void> {
    const delivered = this.#delivered;
    if (delivered.size === 0) return;
    this.#delivered = new Set();
    await noteDelivered(this.#options.database, this.#holder.id, [...delivered]);
  }

  async #searchOnce(): Promise<number> {
    const { ids } = this.#channels;
    if (ids.length === 0) return this.#times.searchMs;
    const hasMore = await this.#search.round(ids);
    this.#dispatch.notify();
    return hasMore ? SEARCH_AGAIN_MS : this.#times.searchMs;
  }

  async #maintain(): Promise<number> {
    const { database, reads, keys, metrics } = this.#options;
    await reencryptKeys(database, keys, this.#warn);
    if (this.#channels.ids.length > 0) await deleteDone(database, this.#holder.id, MAX_DELETED);
    for (const id of this.#channels.ids) {
      const pending = await reads.pendingOf(id);
      if (this.#channels.byId.has(id)) metrics.webhookPending(id, pending);
    }
    return MAINTENANCE_MS;
  }

  #createDeliver(): Deliver {
    const { metrics } = this.#options;
    const context = {
      ...this.#options,
      holder: this.#holder,
      notes: this.#notes,
      retrySeconds: this.#times.retrySeconds,
      onAttempt: ({ id }: Channel, { kind }: Attempt) => {
        metrics.webhookAttempted(id, kind);
        if (kind === 'ACCEPTED') this.#delivered.add(id);
      },
    };
    return createDeliver(createDeliverOptions(context));
  }
}
