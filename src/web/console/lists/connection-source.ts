import type { AnyVariables, Client, CombinedError, TypedDocumentNode } from 'urql';

/** A page of a list, as the API gives it. */
export interface Connection<Item> {
  readonly nodes: readonly Item[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** How a list is read from the API. */
export interface Source<Item, Data, Variables extends AnyVariables> {
  readonly query: TypedDocumentNode<Data, Variables>;
  /** The variables that ask for the page after a cursor. */
  readonly variables: (after: string | null) => Variables;
  /** The page in the data; null: it failed, or what holds the list does not exist. */
  readonly page: (data: Data) => Connection<Item> | null | undefined;
}

/** The days of which rows are wanted, by the clock of this browser: both included, either may be open. */
export interface Period {
  /** As a date field writes days: `2026-11-28`; empty: from the beginning. */
  readonly from: string;
  readonly to: string;
}

/** Whether a moment lies before, in or after a period. */
export function positionIn({ from, to }: Period, at: string): 'before' | 'in' | 'after' {
  const moment = new Date(at);
  if (from !== '' && moment < new Date(`${from}T00:00`)) return 'before';
  return to !== '' && moment > new Date(`${to}T23:59:59.999`) ? 'after' : 'in';
}

/**
 * All items of a list, up to the page with the last that is wanted; or why they could not be read.
 *
 * @param options.isBeyond whether an item, and so every later one, is no longer wanted.
 */
export async function readRows<Item, Data, Variables extends AnyVariables>(
  client: Client,
  { query, variables, page }: Source<Item, Data, Variables>,
  options: { signal: AbortSignal; onProgress: (count: number) => void; isBeyond: (item: Item) => boolean },
): Promise<{ items: readonly Item[] } | { error: CombinedError | undefined }> {
  const { signal, onProgress, isBeyond } = options;
  const items: Item[] = [];
  let after: string | null = null;
  do {
    const { found, error } = await read(after);
    if (!found || error) return { error };
    items.push(...found.nodes);
    onProgress(items.length);
    after = found.pageInfo.hasNextPage && !found.nodes.some(isBeyond) ? (found.pageInfo.endCursor ?? null) : null;
  } while (after !== null && !signal.aborted);
  return { items };

  async function read(behind: string | null): Promise<FoundPage<Item>> {
    const { data, error } = await client.query(query, variables(behind), { requestPolicy: 'network-only' });
    return { found: data && page(data), error };
  }
}

interface FoundPage<Item> {
  found: Connection<Item> | null | undefined;
  error: CombinedError | undefined;
}
