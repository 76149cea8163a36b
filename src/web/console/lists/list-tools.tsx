import { Button, Group, NativeSelect, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { AnyVariables } from 'urql';
import { formatNumber } from '../display/format-number.js';
import { ExportDialog } from './export-dialog.js';
import type { ExportProps } from './use-export.js';

/** An order in which the browser can sort the items of a list. */
export interface Order<Item> {
  readonly label: string;
  readonly compare: (one: Item, other: Item) => number;
}

/** The order of a list. */
interface Sorting {
  /** The order of the API, then those in which the browser can sort. */
  readonly labels: readonly string[];
  readonly value: string;
  readonly onChange: (label: string) => void;
}

type ListToolsProps<Item, Data, Variables extends AnyVariables> = ExportProps<Item, Data, Variables> & {
  sorting?: Sorting;
};

/** The bar above a list: number of rows, order and export. */
export function ListTools<Item, Data, Variables extends AnyVariables>({
  sorting,
  ...list
}: ListToolsProps<Item, Data, Variables>) {
  const [isExporting, setExporting] = useState(false);
  const { items, isComplete } = list;
  if (items.length === 0) return null;
  return (
    <Group justify="flex-end" gap="sm" mb="xs">
      <Text size="sm" c="dimmed" w={{ base: sorting ? '100%' : 'auto', xs: 'auto' }} flex={sorting ? { xs: 1 } : 1}>
        {`${formatNumber(items.length)} ${items.length === 1 ? 'row' : 'rows'}${isComplete ? '' : ', more on the server'}`}
      </Text>
      {sorting && <OrderSelect {...sorting} isComplete={isComplete} />}
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

/** The API has one order. Sorting in another one needs every row: until all are loaded, those options are disabled. */
function OrderSelect({ labels, value, onChange, isComplete }: Sorting & { isComplete: boolean }) {
  return (
    <NativeSelect
      size="xs"
      w={170}
      aria-label="Order"
      data={labels.map((label, index) => {
        const isDisabled = index > 0 && !isComplete;
        return { value: label, label: isDisabled ? `${label} (load all rows first)` : label, disabled: isDisabled };
      })}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
