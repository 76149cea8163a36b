import { Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { type EntryRowFragment, ReversePointsDocument } from '../../generated.js';
import { formatChange } from '../display/format-number.js';
import { FormDialog } from '../forms/form-dialog.js';
import { ChangeError } from './change-error.js';
import { ReasonField } from './reason-field.js';
import { useChange } from './use-change.js';

/** Reverses an entry of the ledger. That of a transfer is reversed together with the entry of the other user. */
export function ReverseDialog({ entry, onClosed }: { entry: EntryRowFragment; onClosed: () => void }) {
  const { sequence, user, delta, counterpartUser } = entry;
  const change = useChange(ReversePointsDocument);
  const isUnknown = change.outcome.kind === 'UNKNOWN';
  const form = useForm({ initialValues: { reason: '' } });
  const submit = async ({ reason }: typeof form.values) => {
    const done = await change.send({ entryId: entry.id, reason: reason.trim() || null });
    if (done) notifications.show({ message: doneMessage(entry) });
    return done !== undefined;
  };
  const payer = counterpartUser && delta < 0 ? counterpartUser : user;
  return (
    <FormDialog
      title={`Reverse entry ${sequence} of ${user.username}?`}
      action={isUnknown ? 'Retry' : 'Reverse'}
      form={form}
      submit={submit}
      error={<ChangeError outcome={change.outcome} payer={payer.username} />}
      onClosed={onClosed}
    >
      <Text size="sm" className="scrip-name">
        {counterpartUser ? (
          <>
            This reverses both entries of the transfer: it adds an entry of {formatChange(-delta)} for {user.username}{' '}
            and one of {formatChange(delta)} for {counterpartUser.username}. The original entries are kept.
          </>
        ) : (
          <>This adds an entry of {formatChange(-delta)} to the ledger. The original entry is kept.</>
        )}
      </Text>
      <ReasonField disabled={isUnknown} data-autofocus {...form.getInputProps('reason')} />
    </FormDialog>
  );
}

function doneMessage({ sequence, user, counterpart, counterpartUser }: EntryRowFragment): string {
  const reversed = `Reversed entry ${sequence} of ${user.username}`;
  if (!counterpart || !counterpartUser) return `${reversed}.`;
  return `${reversed} and entry ${counterpart.sequence} of ${counterpartUser.username}.`;
}
