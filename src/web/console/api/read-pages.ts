import { type AnyVariables, type Client, CombinedError, type TypedDocumentNode } from 'urql';

/** A page of a list, as the API returns it. */
export interface Connection<Item> {
  readonly nodes: readonly Item[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** A query that reads a list page by page. */
export interface Source<Item, Data, Variables extends AnyVariables> {
  readonly query: TypedDocumentNode<Data, Variables>;
  /** The variables for the page after a cursor. */
  readonly variables: (after: string | null) => Variables;
  /** The page in the data; null: it failed, or the object that has the list does not exist. */
  readonly page: (data: Data) => Connection<Item> | null | undefined;
}

/**
 * Reads the pages of a list from the server, one request per page, until the caller stops.
 *
 * @throws {CombinedError} A page could not be read.
 */
export async function* readPages<Item, Data, Variables extends AnyVariables>(
  client: Client,
  { query, variables, page }: Source<Item, Data, Variables>,
): AsyncGenerator<Connection<Item>, void, void> {
  let after: string | null = null;
  do {
    const current: Connection<Item> = await readPage(after);
    yield current;
    after = current.pageInfo.hasNextPage ? (current.pageInfo.endCursor ?? null) : null;
  } while (after !== null);

  async function readPage(cursor: string | null): Promise<Connection<Item>> {
    const { data, error } = await client.query(query, variables(cursor), { requestPolicy: 'network-only' });
    if (error) throw error;
    const found = data && page(data);
    if (!found) throw new CombinedError({ graphQLErrors: ['This list no longer exists.'] });
    return found;
  }
}
