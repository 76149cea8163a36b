import { Paper, Table } from '@mantine/core';
import { useResizeObserver } from '@mantine/hooks';
import type { ReactNode } from 'react';

/** A column of a list; `from` hides it where the window is narrower. */
export interface Column {
  readonly title: string;
  readonly from?: 'sm' | 'md' | 'lg';
  readonly align?: 'right';
}

interface ListProps {
  /** What the list holds, for whoever does not see it. */
  label: string;
  columns: readonly Column[];
  /** The rows. */
  children: ReactNode;
}

/** A table of things of one kind. */
export function List({ label, columns, children }: ListProps) {
  // The size of the table, too, as rows come and go.
  const [table, tableSize] = useResizeObserver<HTMLTableElement>();
  const [frame, frameSize] = useResizeObserver<HTMLDivElement>();
  const isWider = tableSize.width > frameSize.width + 1;
  return (
    // What scrolls can be reached with the keyboard.
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
                {title === 'Actions' ? <span className="scrip-unseen">{title}</span> : title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Paper>
  );
}

/** One cell as wide as the list, however many columns there are. */
export function FullWidthRow({ children }: { children: ReactNode }) {
  return (
    <Table.Tr className="scrip-whole">
      <Table.Td colSpan={100}>{children}</Table.Td>
    </Table.Tr>
  );
}
