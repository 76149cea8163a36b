import { Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { type CombinedError, useMutation } from 'urql';
import { UpdateWebhookDocument, type WebhookEvent, type WebhookRowFragment } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { focusFirstError } from '../forms/focus-first-error.js';
import { FormDialog } from '../forms/form-dialog.js';
import { EventField } from './event-field.js';
import { UrlField, WEBHOOK_RULES } from './url-field.js';
import { assignWebhookErrors } from './webhook-errors.js';
import { hostOf } from './webhook-url.js';

interface EditValues {
  readonly url: string;
  readonly events: WebhookEvent[];
}

interface EditDialogProps {
  webhook: WebhookRowFragment;
  onClosed: () => void;
}

/** Changes the URL and the events of a webhook. */
export function EditDialog({ webhook, onClosed }: EditDialogProps) {
  const [original] = useState(webhook); // the page reads the webhook again while the dialog is open
  const [, update] = useMutation(UpdateWebhookDocument);
  const [error, setError] = useState<CombinedError>();
  const form = useForm<EditValues>({
    initialValues: { url: original.url, events: original.events },
    validate: WEBHOOK_RULES,
  });
  const submit = async (values: EditValues) => {
    const changes = changesOf(original, values);
    if (Object.keys(changes).length === 0) return true;
    const outcome = await update({ input: { id: original.id, ...changes } });
    const { fields, rest } = assignWebhookErrors(outcome.error, ['url', 'events']);
    setError(rest);
    form.setErrors(fields);
    focusFirstError(form)(fields);
    if (rest !== undefined || Object.keys(fields).length > 0) return false;
    notifications.show({ message: 'The webhook is changed.' });
    return true;
  };
  return (
    <FormDialog
      title={`Edit the webhook to ${hostOf(original.url)}`}
      size="lg"
      action="Save"
      isPersistent={form.isDirty()}
      form={form}
      submit={submit}
      error={<ErrorAlert error={error} />}
      onClosed={onClosed}
    >
      <Text size="sm">
        The changes apply to deliveries that begin from now on. An event that is added is sent from up to two minutes
        ago, or longer if others wait.
      </Text>
      <UrlField {...form.getInputProps('url')} />
      <EventField {...form.getInputProps('events')} />
    </FormDialog>
  );
}

function changesOf(original: EditValues, values: EditValues): Partial<EditValues> {
  const url = values.url.trim();
  return {
    ...(url !== original.url && { url }),
    ...(values.events.join() !== original.events.join() && { events: values.events }),
  };
}
