import { NumberInput, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { type CombinedError, useMutation } from 'urql';
import { RedeliverWebhookDocument, type WebhookRowFragment } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { focusFirstError } from '../forms/focus-first-error.js';
import { FormDialog } from '../forms/form-dialog.js';
import { UserSelect } from '../forms/user-select.js';
import { assignWebhookErrors } from './webhook-errors.js';
import { hostOf } from './webhook-url.js';

interface RedeliverValues {
  /** Username; null: none is chosen. */
  readonly user: string | null;
  readonly fromSequence: number | string;
}

interface RedeliverDialogProps {
  webhook: WebhookRowFragment;
  onClosed: () => void;
}

/** Sends the entries of a user once more. */
export function RedeliverDialog({ webhook: { id, url, user }, onClosed }: RedeliverDialogProps) {
  const [, redeliver] = useMutation(RedeliverWebhookDocument);
  const [error, setError] = useState<CombinedError>();
  const form = useForm<RedeliverValues>({
    initialValues: { user: user?.username ?? null, fromSequence: '' },
    validate: {
      user: (username) => (username === null ? 'Choose a user.' : null),
      fromSequence: (sequence) => (Number(sequence) >= 1 ? null : 'Enter a whole number of at least 1.'),
    },
  });
  const submit = async ({ user: username, fromSequence }: RedeliverValues) => {
    if (username === null) return false;
    const input = { id, user: { username }, fromSequence: Number(fromSequence) };
    const { fields, rest } = assignWebhookErrors((await redeliver({ input })).error, ['user', 'fromSequence']);
    setError(rest);
    form.setErrors(fields);
    focusFirstError(form)(fields);
    if (rest !== undefined || Object.keys(fields).length > 0) return false;
    notifications.show({ message: `The entries of ${username} are sent once more.` });
    return true;
  };
  return (
    <FormDialog
      title={`Redeliver entries to ${hostOf(url)}`}
      action="Redeliver"
      form={form}
      submit={submit}
      error={<ErrorAlert error={error} />}
      onClosed={onClosed}
    >
      <Text size="sm">
        The entries of one user are sent once more, in their order, up to the newest. The receiver gets each with the
        same ID as before.
      </Text>
      <UserSelect
        label="User"
        placeholder="Search by name"
        readOnly={user !== null}
        {...(user === null && { 'data-autofocus': true })}
        {...form.getInputProps('user')}
      />
      <NumberInput
        label="From sequence"
        description="The number of the first entry, which the history of the user shows."
        min={1}
        max={2 ** 31 - 1}
        allowDecimal={false}
        allowNegative={false}
        hideControls
        inputMode="numeric"
        {...(user !== null && { 'data-autofocus': true })}
        {...form.getInputProps('fromSequence')}
      />
    </FormDialog>
  );
}
