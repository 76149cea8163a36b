import { Alert, Radio, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { AnyVariables } from 'urql';
import { ErrorAlert } from '../display/error-alert.js';
import { formatNumber } from '../display/format-number.js';
import { FormDialog } from '../forms/form-dialog.js';
import { TIME_ZONE } from './period.js';
import { type ExportChoice, type ExportProps, type ExportState, useExport } from './use-export.js';

type ExportDialogProps<Item, Data, Variables extends AnyVariables> = ExportProps<Item, Data, Variables> & {
  onClosed: () => void;
};

/** Saves the loaded rows of a list, or all of them, as CSV. */
export function ExportDialog<Item, Data, Variables extends AnyVariables>(
  props: ExportDialogProps<Item, Data, Variables>,
) {
  const { label, csv, items, isComplete, onClosed } = props;
  const form = useForm<ExportChoice>({
    initialValues: { extent: isComplete ? 'loaded' : 'all', from: '', to: '' },
    validate: { to: (to, { from }) => (to !== '' && to < from ? 'Choose a day on or after the first day.' : null) },
  });
  const { submit, state } = useExport(props);
  return (
    <FormDialog
      title={`Export ${label.toLowerCase()}`}
      action="Export CSV"
      form={form}
      submit={submit}
      error={<ExportError state={state} />}
      onClosed={onClosed}
    >
      <Text size="sm">
        Times in the file are in UTC. Text that a spreadsheet would run as a formula gets an apostrophe in front.
      </Text>
      {!isComplete && (
        <Radio.Group label="Rows" {...form.getInputProps('extent')}>
          <Stack gap="xs" mt="xs">
            <Radio value="all" label="All rows, read from the server" data-autofocus />
            <Radio value="loaded" label={`The ${formatNumber(items.length)} rows loaded on this page`} />
          </Stack>
        </Radio.Group>
      )}
      {csv.at && (
        <div>
          <SimpleGrid cols={2}>
            <TextInput type="date" label="First day (optional)" {...form.getInputProps('from')} />
            <TextInput type="date" label="Last day (optional)" {...form.getInputProps('to')} />
          </SimpleGrid>
          <Text size="xs" c="dimmed" mt={4}>
            Days in the time zone {TIME_ZONE}.
          </Text>
        </div>
      )}
      <Text size="sm" c="dimmed" role="status">
        {state.kind === 'READING' && `${formatNumber(state.count)} rows read…`}
      </Text>
    </FormDialog>
  );
}

function ExportError({ state }: { state: ExportState }) {
  if (state.kind === 'EMPTY') return <Alert role="alert">No rows in this period.</Alert>;
  return <ErrorAlert error={state.kind === 'FAILED' ? state.error : undefined} />;
}
