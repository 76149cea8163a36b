import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState } from 'react';
import { type AnyVariables, CombinedError, useClient } from 'urql';
import { readPages, type Source } from '../api/read-pages.js';
import { formatNumber } from '../display/format-number.js';
import { type CsvColumn, saveCsv, toCsv } from './csv.js';
import { type Period, positionIn } from './period.js';

/** How the items of a list are written as CSV. */
export interface CsvFormat<Item> {
  readonly columns: readonly CsvColumn<Item>[];
  /** The time by which the API orders the list, newest first: the export can be limited to a period. */
  readonly at?: (item: Item) => string;
}

export interface ExportProps<Item, Data, Variables extends AnyVariables> {
  /** Plural name of the items. */
  label: string;
  csv: CsvFormat<Item>;
  source: Source<Item, Data, Variables>;
  /** The loaded items, in the order in which they are shown. */
  items: readonly Item[];
  /** Whether `items` is the whole list. */
  isComplete: boolean;
}

/** Which rows to export. */
export interface ExportChoice extends Period {
  readonly extent: 'all' | 'loaded';
}

export type ExportState =
  | { readonly kind: 'IDLE' }
  | { readonly kind: 'READING'; readonly count: number }
  | { readonly kind: 'EMPTY' }
  | { readonly kind: 'FAILED'; readonly error: CombinedError };

/** Exports rows as a CSV file. `submit` returns whether a file was saved; closing the dialog stops it. */
export function useExport<Item, Data, Variables extends AnyVariables>(props: ExportProps<Item, Data, Variables>) {
  const { label, csv, source, items: loaded } = props;
  const client = useClient();
  const [state, setState] = useState<ExportState>({ kind: 'IDLE' });
  const isClosed = useRef(false);
  useEffect(() => {
    isClosed.current = false; // React mounts components twice in development
    return () => {
      isClosed.current = true;
    };
  }, []);

  const readAll = async (isBeforePeriod: (item: Item) => boolean): Promise<readonly Item[]> => {
    const items: Item[] = [];
    for await (const { nodes } of readPages(client, source)) {
      items.push(...nodes);
      if (isClosed.current || nodes.some(isBeforePeriod)) break;
      setState({ kind: 'READING', count: items.length });
    }
    return items;
  };

  const submit = async ({ extent, ...period }: ExportChoice): Promise<boolean> => {
    const position = (item: Item) => (csv.at ? positionIn(period, csv.at(item)) : 'in');
    try {
      const read = extent === 'all' ? await readAll((item) => position(item) === 'before') : loaded;
      if (isClosed.current) return false;
      const items = read.filter((item) => position(item) === 'in');
      setState({ kind: items.length === 0 ? 'EMPTY' : 'IDLE' });
      if (items.length === 0) return false;
      saveCsv(`scrip-${label.toLowerCase()}-${new Date().toISOString().slice(0, 10)}.csv`, toCsv(csv.columns, items));
      notifications.show({ message: `Exported ${formatNumber(items.length)} ${items.length === 1 ? 'row' : 'rows'}.` });
      return true;
    } catch (error) {
      if (!(error instanceof CombinedError)) throw error;
      setState({ kind: 'FAILED', error });
      return false;
    }
  };
  return { submit, state };
}
