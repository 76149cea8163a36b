import type { AuditEvent } from '../../audit/event.js';
import type { Page, PageRequest } from '../../database/page.js';
import { BadUserInput } from '../../errors.js';
import type { Entry } from '../../points/entry.js';
import type { PostInBrief } from '../../posts/post.js';
import type { Session } from '../../sessions/session.js';
import type { Token } from '../../tokens/token.js';
import type { User } from '../../users/user.js';
import * as z from '../../zod.js';

/** A page in the shape of the Relay cursor specification. What is a function is worked out only when it is selected. */
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
export type AuditEventConnection = Connection<AuditEvent>;

/** What a kind of list is ordered by: how the key of a row is taken, and how that of a cursor is recognised. */
export interface Order<Row, Key extends readonly unknown[]> {
  /** The name of the list, which its cursors carry. */
  readonly list: string;
  readonly keyOf: (row: Row) => Key;
  readonly key: z.ZodType<Key>;
}

/** Orders a list newest first: ids are made in the order of time. */
export function byId(list: string): Order<{ id: string }, [string]> {
  return { list, keyOf: (row) => [row.id], key: z.tuple([z.uuid()]) };
}

/** The longest page. */
export const MOST_ITEMS = 100;

/**
 * Reads the arguments of a connection.
 *
 * @throws BadUserInput for a page size that is not 1 to 100, and for a cursor that this kind of list did not give out.
 */
export function pageRequest<Key extends readonly unknown[]>(
  order: Order<never, Key>,
  args: { first?: number | null; after?: string | null },
): PageRequest<Key> {
  return { first: pageSize(args.first ?? 20), after: args.after == null ? undefined : parseCursor(order, args.after) };
}

/**
 * Checks how many items were asked for.
 *
 * @throws BadUserInput unless it is 1 to 100.
 */
export function pageSize(first: number): number {
  if (first >= 1 && first <= MOST_ITEMS) return first;
  throw new BadUserInput('first', `Ask for 1 to ${MOST_ITEMS} items at a time.`);
}

/** Shapes a page that was read. `count` says how many items there are in the whole list. */
export function connection<Row, Key extends readonly unknown[]>(
  order: Order<Row, Key>,
  request: PageRequest<Key>,
  read: Page<Row>,
  count: () => Promise<number>,
): Connection<Row> {
  return new ReadConnection(order, request, read, count);
}

/** A class, so that each of many lists is one object and not five closures. */
class ReadConnection<Row, Key extends readonly unknown[]> implements Connection<Row> {
  readonly nodes: readonly Row[];
  readonly #order: Order<Row, Key>;
  readonly #request: PageRequest<Key>;
  readonly #read: Page<Row>;
  readonly #count: () => Promise<number>;

  constructor(order: Order<Row, Key>, request: PageRequest<Key>, read: Page<Row>, count: () => Promise<number>) {
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
    return {
      hasNextPage: this.#read.hasNextPage,
      hasPreviousPage: this.#request.after !== undefined,
      startCursor: start === undefined ? null : this.#cursorOf(start),
      endCursor: end === undefined ? null : this.#cursorOf(end),
    };
  }

  totalCount() {
    return this.#count();
  }

  #cursorOf(row: Row): string {
    const { list, keyOf } = this.#order;
    return Buffer.from(JSON.stringify([list, ...keyOf(row)])).toString('base64url');
  }
}

/** Cursors of release 0.1.0 are the key alone. No list has keys that begin with the name of a list. */
function parseCursor<Key extends readonly unknown[]>(order: Order<never, Key>, cursor: string): Key {
  const json = parseJson(Buffer.from(cursor, 'base64url').toString());
  const key = Array.isArray(json) && json.length > 1 && json[0] === order.list ? json.slice(1) : json;
  const parsed = order.key.safeParse(key);
  if (!parsed.success)
    throw new BadUserInput('after', 'Take `after` from the `endCursor` or a `cursor` of the same list.');
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
