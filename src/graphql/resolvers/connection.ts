import { createHash } from 'node:crypto';
import type { AuditEvent } from '../../audit/event.js';
import type { PageRequest, SearchPage } from '../../database/page.js';
import { BadUserInput } from '../../errors.js';
import type { Entry } from '../../points/entry.js';
import type { Hold } from '../../points/holds/hold.js';
import type { PostInBrief } from '../../posts/post.js';
import type { Session } from '../../sessions/session.js';
import type { Token } from '../../tokens/token.js';
import type { User } from '../../users/user.js';
import type { Webhook } from '../../webhooks/webhook.js';
import * as z from '../../zod.js';

/** A page in the shape of the Relay cursor specification. Functions are called only where their field is selected. */
export interface Connection<Node> {
  readonly nodes: readonly Node[];
  edges(): readonly { readonly node: Node; readonly cursor: string }[];
  pageInfo(): {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  totalCount(): Promise<number>;
}

export type UserConnection = Connection<User>;
export type PostConnection = Connection<PostInBrief>;
export type SessionConnection = Connection<Session>;
export type TokenConnection = Connection<Token>;
export type PointsEntryConnection = Connection<Entry>;
export type PointsHoldConnection = Connection<Hold>;
export type AuditEventConnection = Connection<AuditEvent>;
export type WebhookConnection = Connection<Webhook>;

/** The order of a kind of list: how the key of a row is read, and what the key in a cursor looks like. */
export interface Order<Row, Key extends readonly unknown[]> {
  /** The name of the list, which is part of its cursors. */
  readonly list: string;
  /** What selects the list among those of its name, such as its owner; undefined: there is one. See {@link listOf}. */
  readonly selection?: Selection;
  readonly keyOf: (row: Row) => Key;
  readonly key: z.ZodType<Key>;
}

/** The owner and the filters of a list. An owner is an id, since a name can change hands between two pages. */
type Selection = Readonly<Record<string, string | undefined>>;

/**
 * The order of the list that a selection makes: the tokens of one owner, the audit events of one action. Its cursors are
 * refused by every other list, where they would start a page at an arbitrary position.
 */
export function listOf<Row, Key extends readonly unknown[]>(
  order: Order<Row, Key>,
  selection: Selection,
): Order<Row, Key> {
  return { ...order, selection };
}

/** Orders a list newest first: ids are UUIDs of version 7, which ascend with time. */
export function byId(list: string): Order<{ id: string }, [string]> {
  return { list, keyOf: (row) => [row.id], key: z.tuple([z.uuid()]) };
}

/** Items of a page. */
export const MAX_ITEMS = 100;

/**
 * Reads the arguments of a connection.
 *
 * @throws BadUserInput for a page size that is not 1 to 100, and for a cursor of another list.
 */
export function pageRequest<Key extends readonly unknown[]>(
  order: Order<never, Key>,
  args: { first?: number | null; after?: string | null },
): PageRequest<Key> {
  return { first: pageSize(args.first ?? 20), after: args.after == null ? undefined : parseCursor(order, args.after) };
}

/**
 * Checks the number of items requested.
 *
 * @throws BadUserInput unless it is 1 to 100.
 */
export function pageSize(first: number): number {
  if (first >= 1 && first <= MAX_ITEMS) return first;
  throw new BadUserInput('first', `Request 1 to ${MAX_ITEMS} items at a time.`);
}

/**
 * Makes a connection of a page that was read. `count` returns the number of items in the whole list. Where a search ended
 * before the page was full, `endCursor` is the item that was examined last, so that a client can continue from there.
 */
export function connection<Row, Key extends readonly unknown[]>(
  order: Order<Row, Key>,
  request: PageRequest<Key>,
  read: SearchPage<Row, Key>,
  count: () => Promise<number>,
): Connection<Row> {
  return new ReadConnection(order, request, read, count);
}

class ReadConnection<Row, Key extends readonly unknown[]> implements Connection<Row> {
  readonly nodes: readonly Row[];
  readonly #order: Order<Row, Key>;
  readonly #request: PageRequest<Key>;
  readonly #read: SearchPage<Row, Key>;
  readonly #count: () => Promise<number>;
  #prefix: readonly string[] | undefined;

  constructor(
    order: Order<Row, Key>,
    request: PageRequest<Key>,
    read: SearchPage<Row, Key>,
    count: () => Promise<number>,
  ) {
    this.nodes = read.rows;
    this.#order = order;
    this.#request = request;
    this.#read = read;
    this.#count = count;
  }

  edges() {
    return this.nodes.map((node) => ({ node, cursor: this.#cursorOf(node) }));
  }

  pageInfo() {
    const [start, end] = [this.nodes[0], this.nodes.at(-1)];
    const endKey = this.#read.searchedTo ?? (end === undefined ? undefined : this.#order.keyOf(end));
    return {
      hasNextPage: this.#read.hasNextPage,
      hasPreviousPage: this.#request.after !== undefined,
      startCursor: start === undefined ? null : this.#cursorOf(start),
      endCursor: endKey === undefined ? null : this.#cursorAt(endKey),
    };
  }

  totalCount() {
    return this.#count();
  }

  #cursorOf(row: Row): string {
    return this.#cursorAt(this.#order.keyOf(row));
  }

  #cursorAt(key: Key): string {
    this.#prefix ??= prefixOf(this.#order);
    return Buffer.from(JSON.stringify([...this.#prefix, ...key])).toString('base64url');
  }
}

/** The items of a cursor before the key: the name of the list and, where something selects it, a digest of that. */
function prefixOf({ list, selection = {} }: Order<never, readonly unknown[]>): readonly string[] {
  const set = Object.entries(selection).filter(([, value]) => value !== undefined);
  if (set.length === 0) return [list];
  // 48 bits tell lists apart that a client confuses. A cursor is no secret and gives no right, so nothing rests on them.
  return [list, createHash('sha256').update(JSON.stringify(set)).digest().subarray(0, 6).toString('base64url')];
}

/**
 * Characters of a cursor; a longer one is refused before it is decoded. The longest that a list returns has 134: the
 * leaderboard's, with 2^53-1 points and a name of 64 characters.
 */
const MAX_CURSOR_LENGTH = 256;

/**
 * Cursors of release 0.1.0 are the key alone, and are taken by every list whose keys have the same form: a client may be
 * between two pages while the server is replaced. No key starts with the name of a list.
 */
function parseCursor<Key extends readonly unknown[]>(order: Order<never, Key>, cursor: string): Key {
  const json = cursor.length > MAX_CURSOR_LENGTH ? undefined : parseJson(Buffer.from(cursor, 'base64url').toString());
  const prefix = prefixOf(order);
  const isOwn = Array.isArray(json) && json.length > prefix.length && prefix.every((item, at) => json[at] === item);
  const parsed = order.key.safeParse(isOwn ? json.slice(prefix.length) : json);
  if (parsed.success) return parsed.data;
  throw new BadUserInput(
    'after',
    'Use as `after` an `endCursor` or `cursor` that this list returned, with the same arguments.',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
