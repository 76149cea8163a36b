import { Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { type EntryRowFragment, ReversePointsDocument } from '../../generated.js';
import { formatChange } from '../display/format-number.js';
import { FormDialog } from '../forms/form-dialog.js';
import { ChangeError } from './change-error.js';
import { ReasonField } from './reason-field.js';
import { useChange } from './use-change.js';

/** Reverses an entry of the ledger. */
export function ReverseDialog({ entry, onClosed }: { entry: EntryRowFragment; onClosed: () => void }) {
  const change = useChange(ReversePointsDocument);
  const isUnknown = change.outcome.kind === 'UNKNOWN';
  const form = useForm({ initialValues: { reason: '' } });
  const submit = async ({ reason }: typeof form.values) => {
    const done = await change.send({ entryId: entry.id, reason: reason.trim() || null });
    if (done) notifications.show({ message: `Reversed entry ${entry.sequence} of ${entry.user.username}.` });
    return done !== undefined;
  };
  return (
    <FormDialog
      title={`Reverse entry ${entry.sequence} of ${entry.user.username}?`}
      action={isUnknown ? 'Retry' : 'Reverse'}
      form={form}
      submit={submit}
      error={<ChangeError outcome={change.outcome} />}
      onClosed={onClosed}
    >
      <Text size="sm">
        This adds an entry of {formatChange(-entry.delta)} to the ledger. The original entry is kept.
      </Text>
      <ReasonField disabled={isUnknown} data-autofocus {...form.getInputProps('reason')} />
    </FormDialog>
  );
}
