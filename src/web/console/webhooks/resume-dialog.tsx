import { Radio, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation } from 'urql';
import { ResumeWebhookDocument, type WebhookResume, type WebhookRowFragment } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { FormDialog } from '../forms/form-dialog.js';
import { pendingText } from './webhook-state.js';
import { hostOf } from './webhook-url.js';

interface ResumeDialogProps {
  webhook: WebhookRowFragment;
  onClosed: () => void;
}

/** Resumes a paused webhook, from where it stopped or from now on. */
export function ResumeDialog({ webhook: { id, url, pausedReason, pending }, onClosed }: ResumeDialogProps) {
  const [{ error }, resume] = useMutation(ResumeWebhookDocument);
  const form = useForm<{ from: WebhookResume }>({ initialValues: { from: 'WHERE_IT_STOPPED' } });
  const host = hostOf(url);
  const submit = async ({ from }: { from: WebhookResume }) => {
    const outcome = await resume({ input: { id, from } });
    if (outcome.error) return false;
    notifications.show({ message: `The webhook to ${host} is resumed.` });
    return true;
  };
  return (
    <FormDialog
      title={`Resume the webhook to ${host}?`}
      action="Resume"
      form={form}
      submit={submit}
      error={<ErrorAlert error={error} />}
      onClosed={onClosed}
    >
      {pausedReason && <Text size="sm">{pausedReason}</Text>}
      <Radio.Group label="Continue" {...form.getInputProps('from')}>
        <Stack gap="sm" mt="xs">
          <Radio
            value="WHERE_IT_STOPPED"
            label="Where it stopped"
            description={`Everything that happened meanwhile is sent${pending > 0 ? `: ${entries(pending)}, and other events` : ''}.`}
            data-autofocus
          />
          <Radio
            value="NOW"
            label="From now on"
            description={`What happened meanwhile is never sent${pending > 0 ? `: ${entries(pending)} and other events are skipped` : ''}. Entries can still be redelivered, user by user.`}
          />
        </Stack>
      </Radio.Group>
    </FormDialog>
  );
}

function entries(count: number): string {
  return `${pendingText(count)} ${count === 1 ? 'entry' : 'entries'}`;
}
