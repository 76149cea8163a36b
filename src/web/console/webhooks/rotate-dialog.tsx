import { NativeSelect, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useMutation } from 'urql';
import { RotateWebhookKeyDocument, type WebhookKeyFragment, type WebhookRowFragment } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { Dialog } from '../forms/dialog.js';
import { DialogForm } from '../forms/form-dialog.js';
import { KeyBox } from './key-box.js';
import { hostOf } from './webhook-url.js';

const OVERLAPS = [
  { value: '0', label: 'Signs nothing from now on' },
  { value: '3600', label: 'Signs for another hour' },
  { value: '86400', label: 'Signs for another day' },
  { value: '604800', label: 'Signs for another week' },
];

interface RotateDialogProps {
  webhook: WebhookRowFragment;
  onClosed: () => void;
}

/** Gives a webhook a new key, and shows it. */
export function RotateDialog({ webhook: { id, url, signature }, onClosed }: RotateDialogProps) {
  const [{ error }, rotate] = useMutation(RotateWebhookKeyDocument);
  const form = useForm({ initialValues: { overlapSeconds: '86400' } });
  const [made, setMade] = useState<WebhookKeyFragment>();
  const submit = async ({ overlapSeconds }: typeof form.values) => {
    const { data } = await rotate({ input: { id, overlapSeconds: Number(overlapSeconds) } });
    if (data?.change) setMade(data.change);
    return false; // the dialog stays open to show the key
  };
  return (
    <Dialog
      title={made ? 'The key is rotated' : `Rotate the key of the webhook to ${hostOf(url)}`}
      size="lg"
      isPersistent={made !== undefined}
      onClosed={onClosed}
    >
      {(close) =>
        made ? (
          <KeyBox made={made} onDone={close} note={noteOn(form.values.overlapSeconds)} />
        ) : (
          <DialogForm form={form} action="Rotate" submit={submit} error={<ErrorAlert error={error} />} close={close}>
            <Text size="sm">
              This makes a new {signature === 'ED25519' ? 'key pair' : 'secret'}. While the old key still signs, each
              message has a signature of both, so that you can update the receiver.
            </Text>
            <NativeSelect
              label="The old key"
              data={OVERLAPS}
              data-autofocus
              {...form.getInputProps('overlapSeconds')}
            />
          </DialogForm>
        )
      }
    </Dialog>
  );
}

function noteOn(overlapSeconds: string): string {
  if (overlapSeconds === '0') return 'Until it has the new key, it rejects each message, which is then sent again.';
  const overlap = OVERLAPS.find(({ value }) => value === overlapSeconds)?.label ?? '';
  return `The old key ${overlap.charAt(0).toLowerCase()}${overlap.slice(1)}.`;
}
