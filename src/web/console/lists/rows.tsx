import { Button, Center, Skeleton, Table } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import type { QueryState } from '../connection/use-api-query.js';
import { ErrorAlert } from '../display/error-alert.js';
import type { Connection } from './connection-source.js';
import { FullWidthRow } from './list.js';
import type { OpenPages } from './use-pages.js';

interface RowsProps<Item> {
  reading: QueryState<unknown>;
  /** What the reading has of the list: null if it failed. */
  page: Connection<Item> | null | undefined;
  pages: OpenPages<Item>;
  /** Behind which cursor this page begins. */
  after: string | null;
  /** What there is to say of a list that holds nothing. */
  empty: ReactNode;
  /** Whether the items are shown elsewhere, in another order. */
  isSorted?: boolean;
  children: (item: Item) => ReactNode;
}

/** The rows of one page of a list, whatever has become of it: not yet there, failed, empty, or followed by more. */
export function Rows<Item>({ reading, page, pages, after, empty, isSorted = false, children }: RowsProps<Item>) {
  const isLast = pages.afters.at(-1) === after;
  const { hasNextPage = false, endCursor } = page?.pageInfo ?? {};
  const end = page && (hasNextPage ? (endCursor ?? null) : null);
  const nodes = page?.nodes;
  const { turn } = pages;
  const seam = after !== null && !isSorted && <PageStart isFocused={pages.opened === after} count={nodes?.length} />;
  useEffect(() => {
    if (nodes && end !== undefined) turn(after, { nodes, end });
  }, [turn, after, nodes, end]);
  if (!page) {
    if (reading.isFetching) {
      return (
        <>
          {seam}
          <Placeholders />
        </>
      );
    }
    return (
      <FullWidthRow>
        <ErrorAlert error={reading.error} retry={reading.refetch} />
      </FullWidthRow>
    );
  }
  if (page.nodes.length === 0 && after === null) return empty && <FullWidthRow>{empty}</FullWidthRow>;
  return (
    <>
      {seam}
      {reading.error && !reading.isFetching && (
        <FullWidthRow>
          <ErrorAlert error={reading.error} retry={reading.refetch} />
        </FullWidthRow>
      )}
      {!isSorted && page.nodes.map(children)}
      {isLast && hasNextPage && endCursor && (
        <FullWidthRow>
          <Center>
            <Button variant="default" size="xs" onClick={() => pages.open(endCursor)}>
              Load more
            </Button>
          </Center>
        </FullWidthRow>
      )}
    </>
  );
}

/**
 * Where the rows of a further page begin. It takes the focus from the button that loaded them, so that the keyboard
 * continues there, and says how many rows there are.
 */
function PageStart({ isFocused, count }: { isFocused: boolean; count: number | undefined }) {
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isFocused) row.current?.focus({ preventScroll: true });
  }, [isFocused]);
  return (
    <Table.Tr className="scrip-seam" tabIndex={-1} ref={row}>
      <Table.Td colSpan={100}>
        <span className="scrip-unseen" role="status">
          {count === undefined ? 'Loading' : `${count} more rows`}
        </span>
      </Table.Td>
    </Table.Tr>
  );
}

function Placeholders() {
  return ['60%', '45%', '70%', '52%'].map((width) => (
    <FullWidthRow key={width}>
      <Skeleton h={14} my={6} w={width} role="status" aria-label="Loading" />
    </FullWidthRow>
  ));
}
