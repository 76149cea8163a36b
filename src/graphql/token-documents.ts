import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DocumentNode, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import { canonicalHashes, countOperations, hasOnly } from './canonical-operations.js';

/** An operation that a token may run. */
export interface TokenDocument {
  /** Of its canonical text. */
  readonly hash: string;
  readonly text: string;
}

/** The operations that tokens may run, by the first token of their rotations. They never change. */
export interface TokenDocuments {
  /** In the order in which they were given. */
  of(rootId: string): Promise<readonly TokenDocument[]>;
  /** Whether a document holds operations of the token only. */
  areAllowed(rootId: string, document: DocumentNode): Promise<boolean>;
}

/** Hashes of all tokens together; each takes about 200 bytes. */
const MAX_HASHES = 100_000;

/** Hashing 128 KB of texts takes milliseconds, during which nothing else runs. */
const TEXTS_PER_TURN = 20;

/** The hashes of the texts, in their order. */
interface Hashes {
  readonly list: readonly string[];
  readonly all: ReadonlySet<string>;
}

/** @param textsOf reads the texts, by the first token of the rotations. */
export function createTokenDocuments(textsOf: (rootId: string) => Promise<readonly string[]>): TokenDocuments {
  const known = new LRUCache<string, Hashes>({ maxSize: MAX_HASHES, sizeCalculation: ({ list }) => list.length + 1 });
  const loading = new Map<string, Promise<Hashes>>();
  const hashesOfSent = new WeakMap<DocumentNode, readonly string[]>();

  async function load(rootId: string, texts: readonly string[]): Promise<Hashes> {
    const list = await hashTexts(texts);
    const hashes = { list, all: new Set(list) };
    known.set(rootId, hashes);
    return hashes;
  }

  /** Read and hashed once, however many requests wait for it. */
  async function hashesOf(rootId: string): Promise<Hashes> {
    const found = known.get(rootId) ?? loading.get(rootId);
    if (found !== undefined) return await found;
    const loaded = textsOf(rootId)
      .then((texts) => load(rootId, texts))
      .finally(() => loading.delete(rootId));
    loading.set(rootId, loaded);
    return await loaded;
  }

  return {
    of: async (rootId) => {
      const texts = await textsOf(rootId);
      const { list } = known.get(rootId) ?? (await load(rootId, texts));
      return texts.map((text, index) => ({ hash: list[index] ?? '', text }));
    },
    areAllowed: async (rootId, document) => {
      const { all } = await hashesOf(rootId);
      if (countOperations(document) > all.size) return false;
      const sent = hashesOfSent.get(document) ?? [...canonicalHashes(document)];
      hashesOfSent.set(document, sent);
      return hasOnly(sent, all);
    },
  };
}

/** By the code of this release, whose printing may differ from that of the one that stored the texts. */
async function hashTexts(texts: readonly string[]): Promise<string[]> {
  const hashes: string[] = [];
  for (const text of texts) {
    const [hash] = canonicalHashes(parse(text));
    if (hash === undefined) throw new Error('A document of a token holds no operation.');
    hashes.push(hash);
    if (hashes.length % TEXTS_PER_TURN === 0) await nextTurn();
  }
  return hashes;
}
