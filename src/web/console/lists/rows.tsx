import { Button, Group, Table, Text } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Connection } from '../api/read-pages.js';
import type { QueryState } from '../api/use-api-query.js';
import { ErrorAlert } from '../display/error-alert.js';
import { Loading } from '../display/loading.js';
import { FullWidthRow } from './list.js';
import type { OpenPages } from './use-pages.js';

interface RowsProps<Item> {
  query: QueryState<unknown>;
  /** The page in the data; null: it could not be read. */
  page: Connection<Item> | null | undefined;
  pages: OpenPages<Item>;
  /** The cursor after which this page starts; null: the first page. */
  after: string | null;
  /** Shown in place of an empty list. */
  empty: ReactNode;
  /** Whether the items are shown elsewhere, in another order. */
  isSorted?: boolean;
  children: (item: Item) => ReactNode;
}

/** The rows of one page of a list: placeholders, an error, the empty message, or the items with "Load more". */
export function Rows<Item>({ query, page, pages, after, empty, isSorted = false, children }: RowsProps<Item>) {
  const isLast = pages.afters.at(-1) === after;
  const { hasNextPage = false, endCursor } = page?.pageInfo ?? {};
  const end = page && (hasNextPage ? (endCursor ?? null) : null);
  const nodes = page?.nodes;
  const { update } = pages;
  const pageStart = after !== null && !isSorted && (
    <PageStart isFocused={pages.opened === after} count={nodes?.length} />
  );
  useEffect(() => {
    if (nodes && end !== undefined) update(after, { nodes, end });
  }, [update, after, nodes, end]);
  if (!page) {
    if (query.isFetching) {
      return (
        <>
          {pageStart}
          <Placeholders />
        </>
      );
    }
    return (
      <FullWidthRow>
        <ErrorAlert error={query.error} retry={query.refetch} />
      </FullWidthRow>
    );
  }
  if (page.nodes.length === 0 && after === null && !hasNextPage) return empty && <FullWidthRow>{empty}</FullWidthRow>;
  return (
    <>
      {pageStart}
      {query.error && !query.isFetching && (
        <FullWidthRow>
          <ErrorAlert error={query.error} retry={query.refetch} />
        </FullWidthRow>
      )}
      {!isSorted && page.nodes.map(children)}
      {isLast && hasNextPage && endCursor && (
        <FullWidthRow>
          <Group justify="center" gap="sm">
            {/* The server searches a bounded part of a list at a time. */}
            {page.nodes.length === 0 && (
              <Text size="sm" c="dimmed">
                No matches in the part that was searched last.
              </Text>
            )}
            <Button variant="default" size="xs" onClick={() => pages.open(endCursor)}>
              {page.nodes.length === 0 ? 'Search further' : 'Load more'}
            </Button>
          </Group>
        </FullWidthRow>
      )}
    </>
  );
}

/**
 * Marks where a further page starts. It takes the focus from "Load more", so that Tab continues there, and announces the
 * number of rows.
 */
function PageStart({ isFocused, count }: { isFocused: boolean; count: number | undefined }) {
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isFocused) row.current?.focus({ preventScroll: true });
  }, [isFocused]);
  return (
    <Table.Tr className="scrip-page-start" tabIndex={-1} ref={row}>
      <Table.Td colSpan={100}>
        <span className="scrip-visually-hidden" role="status">
          {count === undefined ? 'Loading' : `${count} more rows`}
        </span>
      </Table.Td>
    </Table.Tr>
  );
}

function Placeholders() {
  return ['60%', '45%', '70%', '52%'].map((width) => (
    <FullWidthRow key={width}>
      <Loading h={14} my={6} w={width} />
    </FullWidthRow>
  ));
}
