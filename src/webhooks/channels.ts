import type { Database } from '../database/connect.js';
import { Channel } from './channel.js';
import { type LeaseHolder, renewLeases } from './lease.js';

/** A node stops so long before its lease ends: what is under way must have ended when another node begins. */
const MARGIN_MS = 500;

/** Leases are looked at this often. */
const WATCH_MS = 100;

export interface ChannelsOptions {
  readonly database: Database;
  readonly holder: LeaseHolder;
  /** The node no longer holds the lease of a webhook. */
  readonly onLost: (id: string) => void;
}

/**
 * The webhooks whose leases this node holds. A lease that is not renewed in time, for whatever reason, is lost by the clock
 * of this node, counted from before the statement that took it: earlier than by that of the database.
 */
export class Channels {
  readonly byId = new Map<string, Channel>();
  readonly #options: ChannelsOptions;
  readonly #watch: NodeJS.Timeout;

  constructor(options: ChannelsOptions) {
    this.#options = options;
    this.#watch = setInterval(() => this.#dropLost(), WATCH_MS).unref();
  }

  get ids(): readonly string[] {
    return [...this.byId.keys()];
  }

  /** Renews the leases and takes free ones. Returns the webhooks that are new. */
  async renew(): Promise<readonly string[]> {
    const { database, holder } = this.#options;
    const endsAt = performance.now() + holder.leaseSeconds * 1_000 - MARGIN_MS;
    const ids = await renewLeases(database, holder);
    this.#dropLost(); // a lease that ended meanwhile may have been another node's for a time
    const added = ids.filter((id) => !this.byId.has(id));
    for (const id of added) this.byId.set(id, new Channel(id, endsAt));
    for (const id of ids) {
      const channel = this.byId.get(id);
      if (channel !== undefined) channel.leaseEndsAt = endsAt;
    }
    return added;
  }

  /** Ends every request in flight. */
  stop(): void {
    clearInterval(this.#watch);
    for (const channel of this.byId.values()) channel.stop();
  }

  #dropLost(): void {
    const now = performance.now();
    for (const channel of this.byId.values()) {
      if (channel.leaseEndsAt > now) continue;
      channel.stop();
      this.byId.delete(channel.id);
      this.#options.onLost(channel.id);
    }
  }
}
