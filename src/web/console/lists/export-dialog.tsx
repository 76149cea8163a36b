import { Alert, Radio, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState } from 'react';
import { type AnyVariables, type CombinedError, useClient } from 'urql';
import { ErrorAlert } from '../display/error-alert.js';
import { formatNumber } from '../display/format-number.js';
import { FormDialog } from '../shell/form-dialog.js';
import { positionIn, readRows, type Source } from './connection-source.js';
import { type CsvColumn, saveCsv, toCsv } from './csv.js';

/** What a list is as a file. */
export interface CsvFormat<Item> {
  readonly columns: readonly CsvColumn<Item>[];
  /** By which moment the API lists the items, newest first: an export may be limited to some days. */
  readonly at?: (item: Item) => string;
}

export interface ExportProps<Item, Data, Variables extends AnyVariables> {
  /** What the list holds, in the plural. */
  label: string;
  sheet: CsvFormat<Item>;
  source: Source<Item, Data, Variables>;
  /** The loaded items, as they are shown. */
  items: readonly Item[];
  /** Whether these are all. */
  isWhole: boolean;
}

type ExportDialogProps<Item, Data, Variables extends AnyVariables> = ExportProps<Item, Data, Variables> & {
  onClosed: () => void;
};

/** Saves the loaded rows of a list, or all of them, as CSV. */
export function ExportDialog<Item, Data, Variables extends AnyVariables>(
  props: ExportDialogProps<Item, Data, Variables>,
) {
  const { label, sheet, items, isWhole, onClosed } = props;
  const form = useForm({
    initialValues: { extent: isWhole ? 'loaded' : 'all', from: '', to: '' },
    validate: { to: (to, { from }) => (to !== '' && to < from ? 'Choose a day that is not before the first.' : null) },
  });
  const { submit, progress, error, isEmpty } = useExport(props);
  return (
    <FormDialog
      title={`Export ${label.toLowerCase()}`}
      action="Export CSV"
      form={form}
      submit={submit}
      error={isEmpty ? <Alert role="alert">No row lies in this period.</Alert> : <ErrorAlert error={error} />}
      onClosed={onClosed}
    >
      <Text size="sm">
        A text that a spreadsheet would run as a formula gets an apostrophe in front. Times are in UTC.
      </Text>
      {!isWhole && (
        <Radio.Group label="Rows" {...form.getInputProps('extent')}>
          <Stack gap="xs" mt="xs">
            <Radio value="all" label="All rows, read from the server" data-autofocus />
            <Radio value="loaded" label={`The ${formatNumber(items.length)} rows loaded on this page`} />
          </Stack>
        </Radio.Group>
      )}
      {sheet.at && (
        <SimpleGrid cols={2}>
          <TextInput type="date" label="First day (optional)" {...form.getInputProps('from')} />
          <TextInput type="date" label="Last day (optional)" {...form.getInputProps('to')} />
        </SimpleGrid>
      )}
      <Text size="sm" c="dimmed" role="status">
        {progress > 0 && form.submitting && `${formatNumber(progress)} rows read…`}
      </Text>
    </FormDialog>
  );
}

interface Choice {
  extent: string;
  from: string;
  to: string;
}

/** Reads what was chosen, and saves it; closing the dialog stops it. */
function useExport<Item, Data, Variables extends AnyVariables>(props: ExportProps<Item, Data, Variables>) {
  const { label, sheet, source, items: loaded } = props;
  const client = useClient();
  const [progress, setProgress] = useState(0);
  const [error, setError] = useState<CombinedError>();
  const [isEmpty, setEmpty] = useState(false);
  const reading = useRef<AbortController>(undefined);
  useEffect(() => () => reading.current?.abort(), []);

  const submit = async ({ extent, ...period }: Choice): Promise<boolean> => {
    const controller = new AbortController();
    reading.current = controller;
    const place = (item: Item) => (sheet.at ? positionIn(period, sheet.at(item)) : 'in');
    const isBeyond = (item: Item) => place(item) === 'before';
    const read =
      extent === 'all'
        ? await readRows(client, source, { signal: controller.signal, onProgress: setProgress, isBeyond })
        : { items: loaded };
    if (controller.signal.aborted) return false;
    setError('error' in read ? read.error : undefined);
    if ('error' in read) return false;
    const items = read.items.filter((item) => place(item) === 'in');
    setEmpty(items.length === 0);
    if (items.length === 0) return false;
    saveCsv(`scrip-${label.toLowerCase()}-${new Date().toISOString().slice(0, 10)}.csv`, toCsv(sheet.columns, items));
    notifications.show({ message: `Exported ${formatNumber(items.length)} ${items.length === 1 ? 'row' : 'rows'}.` });
    return true;
  };
  return { submit, progress, error, isEmpty };
}
