import { Paper, Table } from '@mantine/core';
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
  return (
    <Paper withBorder className="scrip-list">
      <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover aria-label={label}>
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
export function WholeRow({ children }: { children: ReactNode }) {
  return (
    <Table.Tr className="scrip-whole">
      <Table.Td colSpan={100}>{children}</Table.Td>
    </Table.Tr>
  );
}
