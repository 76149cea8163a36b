import { Button, Group, NativeSelect, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { AnyVariables } from 'urql';
import { formatNumber } from '../display/format-number.js';
import { ExportDialog, type ExportProps } from './export-dialog.js';

/** An order that the browser can put the items of a list into. */
export interface Order<Item> {
  readonly label: string;
  readonly compare: (one: Item, other: Item) => number;
}

/** How the rows of a list are ordered. */
export interface Sorting {
  /** The order of the API, which comes first, and those that the browser knows. */
  readonly labels: readonly string[];
  readonly value: string;
  readonly onChange: (label: string) => void;
}

type ListToolsProps<Item, Data, Variables extends AnyVariables> = ExportProps<Item, Data, Variables> & {
  sorting?: Sorting;
};

/** Above a list: how many rows it has, their order, and their export. */
export function ListTools<Item, Data, Variables extends AnyVariables>({
  sorting,
  ...list
}: ListToolsProps<Item, Data, Variables>) {
  const [isExporting, setExporting] = useState(false);
  const { items, isWhole } = list;
  if (items.length === 0) return null;
  return (
    <Group justify="flex-end" gap="sm" mb="xs">
      <Text size="sm" c="dimmed" w={{ base: sorting ? '100%' : 'auto', xs: 'auto' }} flex={sorting ? { xs: 1 } : 1}>
        {`${formatNumber(items.length)} ${items.length === 1 ? 'row' : 'rows'}${isWhole ? '' : ', more on the server'}`}
      </Text>
      {sorting && <OrderSelect {...sorting} isWhole={isWhole} />}
      <Button
        variant="default"
        size="xs"
        leftSection={<Download size={14} aria-hidden />}
        onClick={() => setExporting(true)}
      >
        Export
      </Button>
      {isExporting && <ExportDialog {...list} onClosed={() => setExporting(false)} />}
    </Group>
  );
}

/** The API has one order: another one needs every row, and says so while there are more on the server. */
function OrderSelect({ labels, value, onChange, isWhole }: Sorting & { isWhole: boolean }) {
  return (
    <NativeSelect
      size="xs"
      w={170}
      aria-label="Order"
      data={labels.map((label, index) => {
        const isDisabled = index > 0 && !isWhole;
        return { value: label, label: isDisabled ? `${label} (load all rows first)` : label, disabled: isDisabled };
      })}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
