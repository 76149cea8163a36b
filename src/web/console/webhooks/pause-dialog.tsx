import { useMutation } from 'urql';
import { PauseWebhookDocument, type WebhookRowFragment } from '../../generated.js';
import { ConfirmDialog } from '../forms/confirm-dialog.js';
import { hostOf } from './webhook-url.js';

interface PauseDialogProps {
  webhook: WebhookRowFragment;
  onClosed: () => void;
}

/** Pauses a webhook. */
export function PauseDialog({ webhook: { id, url }, onClosed }: PauseDialogProps) {
  const [, pause] = useMutation(PauseWebhookDocument);
  const host = hostOf(url);
  return (
    <ConfirmDialog
      title={`Pause the webhook to ${host}?`}
      action="Pause"
      run={() => pause({ input: { id } })}
      done={`The webhook to ${host} is paused.`}
      onClosed={onClosed}
    >
      Nothing is sent until the webhook is resumed. Events are kept for then.
    </ConfirmDialog>
  );
}
