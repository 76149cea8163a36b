import { Paper, Table } from '@mantine/core';
import { useResizeObserver } from '@mantine/hooks';
import type { ReactNode } from 'react';

/** A column of a list; `from` hides it where the window is narrower. */
export interface Column {
  readonly title: string;
  readonly from?: 'xs' | 'sm' | 'md' | 'lg';
  readonly align?: 'right';
}

interface ListProps {
  /** The name of the list for screen readers. */
  label: string;
  columns: readonly Column[];
  /** The rows. */
  children: ReactNode;
}

/** A table in a frame that scrolls when the table is wider. */
export function List({ label, columns, children }: ListProps) {
  // Rows change the width of the table, so both are observed.
  const [table, tableSize] = useResizeObserver<HTMLTableElement>();
  const [frame, frameSize] = useResizeObserver<HTMLDivElement>();
  const isWider = tableSize.width > frameSize.width + 1;
  return (
    // A region that scrolls must be focusable by keyboard.
    <Paper
      withBorder
      className="scrip-list"
      ref={frame}
      {...(isWider && { tabIndex: 0, role: 'region', 'aria-label': label })}
    >
      <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover aria-label={label} ref={table}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ title, from, align }) => (
              <Table.Th key={title} ta={align ?? 'left'} {...(from && { visibleFrom: from })}>
                {title === 'Actions' ? <span className="scrip-visually-hidden">{title}</span> : title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Paper>
  );
}

/** A row of one cell that spans all columns. */
export function FullWidthRow({ children }: { children: ReactNode }) {
  return (
    <Table.Tr className="scrip-full-width">
      <Table.Td colSpan={100}>{children}</Table.Td>
    </Table.Tr>
  );
}
