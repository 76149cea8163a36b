import { Button, Center, Skeleton, Table } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { Fault } from './fault.js';
import { WholeRow } from './list.js';
import type { Connection } from './read-rows.js';
import type { OpenPages } from './use-pages.js';
import type { Reading } from './use-read.js';

interface RowsProps<Item> {
  reading: Reading<unknown>;
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
  const seam = after !== null && !isSorted && <Seam isFocused={pages.opened === after} count={nodes?.length} />;
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
      <WholeRow>
        <Fault error={reading.error} again={reading.again} />
      </WholeRow>
    );
  }
  if (page.nodes.length === 0 && after === null) return empty && <WholeRow>{empty}</WholeRow>;
  return (
    <>
      {seam}
      {reading.error && !reading.isFetching && (
        <WholeRow>
          <Fault error={reading.error} again={reading.again} />
        </WholeRow>
      )}
      {!isSorted && page.nodes.map(children)}
      {isLast && hasNextPage && endCursor && (
        <WholeRow>
          <Center>
            <Button variant="default" size="xs" onClick={() => pages.open(endCursor)}>
              Load more
            </Button>
          </Center>
        </WholeRow>
      )}
    </>
  );
}

/**
 * Where the rows of a further page begin. It takes the focus from the button that loaded them, so that the keyboard
 * continues there, and says how many rows there are.
 */
function Seam({ isFocused, count }: { isFocused: boolean; count: number | undefined }) {
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
    <WholeRow key={width}>
      <Skeleton h={14} my={6} w={width} role="status" aria-label="Loading" />
    </WholeRow>
  ));
}
