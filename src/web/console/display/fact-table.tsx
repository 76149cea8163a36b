import { Paper, Table } from '@mantine/core';
import type { ReactNode } from 'react';

interface FactTableProps {
  label: string;
  /** Rows. */
  children: ReactNode;
}

/** A framed table of names and values. */
export function FactTable({ label, children }: FactTableProps) {
  return (
    <Paper withBorder className="scrip-list scrip-fact-table">
      <Table variant="vertical" layout="fixed" aria-label={label}>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Paper>
  );
}

/** A name and its value. */
export function FactRow({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th>{label}</Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}
