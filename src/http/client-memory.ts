/**
 * Counts memory that clients have the server hold for them: of requests that have not arrived whole, and of responses that
 * are not read. Where it is used up, the network that holds most of it gives way: slow clients of one network cannot have
 * the requests or responses of others dropped. Where one network has more than its share, its largest entry gives way.
 */

interface Limits {
  /** Bytes of all clients together. */
  readonly max: number;
  /** Bytes of one network; undefined: as many as it can get. */
  readonly maxPerNetwork?: number;
}

/** Memory of one request or response. */
export interface Allocation {
  /** Counts more bytes. This may revoke the allocation itself, or older ones. */
  grow(bytes: number): void;
  /** Counts fewer bytes. */
  shrink(bytes: number): void;
  /** Counts none any more. It may be called again. */
  free(): void;
}

interface Entry {
  bytes: number;
  readonly revoke: () => void;
}

interface Network {
  bytes: number;
  /** The oldest first. */
  readonly entries: Set<Entry>;
}

export class ClientMemory {
  readonly #max: number;
  readonly #maxPerNetwork: number;
  readonly #networks = new Map<string, Network>();
  #bytes = 0;

  constructor({ max, maxPerNetwork = Number.POSITIVE_INFINITY }: Limits) {
    this.#max = max;
    this.#maxPerNetwork = maxPerNetwork;
  }

  /** @param revoke drops what the memory is for. It is called at most once; the memory has been freed then. */
  allocate(network: string, revoke: () => void): Allocation {
    const entry: Entry = { bytes: 0, revoke };
    const { entries } = this.#networks.get(network) ?? this.#add(network);
    entries.add(entry);
    return {
      grow: (bytes) => this.#grow(network, entry, bytes),
      shrink: (bytes) => this.#count(network, entry, -bytes),
      free: () => this.#free(network, entry),
    };
  }

  #add(name: string): Network {
    const network = { bytes: 0, entries: new Set<Entry>() };
    this.#networks.set(name, network);
    return network;
  }

  #count(name: string, entry: Entry, bytes: number): void {
    const network = this.#networks.get(name);
    if (network?.entries.has(entry) !== true) return; // it was freed
    entry.bytes += bytes;
    network.bytes += bytes;
    this.#bytes += bytes;
  }

  #grow(name: string, entry: Entry, bytes: number): void {
    this.#count(name, entry, bytes);
    while ((this.#networks.get(name)?.bytes ?? 0) > this.#maxPerNetwork)
      this.#revoke(name, this.#largestOf(name, entry));
    while (this.#bytes > this.#max) {
      const largest = this.#findLargest(entry);
      if (largest === undefined) return;
      this.#revoke(largest.name, largest.oldest);
    }
  }

  /** The largest entry of a network: small requests are not dropped for the large ones of others at their address. */
  #largestOf(name: string, growing: Entry): Entry {
    let largest = growing;
    for (const entry of this.#networks.get(name)?.entries ?? []) if (entry.bytes > largest.bytes) largest = entry;
    return largest;
  }

  /** The oldest entry of the network that holds most; not `growing`, whose client may be a quick one. */
  #findLargest(growing: Entry): { name: string; oldest: Entry } | undefined {
    let largest = 0;
    let found: { name: string; oldest: Entry } | undefined;
    for (const [name, { bytes, entries }] of this.#networks) {
      if (bytes <= largest) continue;
      const [first, second] = entries;
      const oldest = first === growing ? second : first;
      if (oldest === undefined) continue;
      largest = bytes;
      found = { name, oldest };
    }
    return found;
  }

  #revoke(name: string, entry: Entry): void {
    this.#free(name, entry);
    entry.revoke();
  }

  #free(name: string, entry: Entry): void {
    this.#count(name, entry, -entry.bytes);
    const network = this.#networks.get(name);
    network?.entries.delete(entry);
    if (network?.entries.size === 0) this.#networks.delete(name);
  }
}
