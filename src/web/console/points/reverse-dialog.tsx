import { Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { type EntryRowFragment, ReversePointsDocument } from '../../generated.js';
import { formatChange as signed } from '../display/format-number.js';
import { FormDialog } from '../shell/form-dialog.js';
import { ChangeError } from './change-error.js';
import { useChange } from './use-change.js';

/** Takes an entry of the ledger back. */
export function ReverseDialog({ entry, onClosed }: { entry: EntryRowFragment; onClosed: () => void }) {
  const change = useChange(ReversePointsDocument);
  const form = useForm({ initialValues: { reason: '' } });
  const submit = async ({ reason }: typeof form.values) => {
    const done = await change.send({ entryId: entry.id, reason: reason.trim() || null });
    if (done) notifications.show({ message: `Reversed no. ${entry.sequence} of ${entry.user.username}.` });
    return done !== undefined;
  };
  return (
    <FormDialog
      title={`Reverse no. ${entry.sequence} of ${entry.user.username}?`}
      action={change.isUncertain ? 'Send it again' : 'Reverse'}
      form={form}
      submit={submit}
      error={<ChangeError change={change} />}
      onClosed={onClosed}
    >
      <Text size="sm">
        A new entry of {signed(-entry.delta)} takes it back, whole. The old one stays in the ledger.
      </Text>
      <Textarea
        label="Reason"
        maxLength={500}
        autosize
        minRows={2}
        disabled={change.isUncertain}
        data-autofocus
        {...form.getInputProps('reason')}
      />
    </FormDialog>
  );
}
