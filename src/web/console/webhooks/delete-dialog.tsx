import { useMutation } from 'urql';
import { useLocation } from 'wouter';
import { DeleteWebhookDocument, type WebhookRowFragment } from '../../generated.js';
import { ConfirmDialog } from '../forms/confirm-dialog.js';
import { pendingText } from './webhook-state.js';
import { hostOf } from './webhook-url.js';

interface DeleteDialogProps {
  webhook: WebhookRowFragment;
  onClosed: () => void;
}

/** The result of a deletion does not contain a webhook, by which what is to be read again would be known. */
const CONTEXT = { additionalTypenames: ['Webhook'] };

/** Deletes a webhook. */
export function DeleteDialog({ webhook: { id, url, pending }, onClosed }: DeleteDialogProps) {
  const [, navigate] = useLocation();
  const [, remove] = useMutation(DeleteWebhookDocument);
  const host = hostOf(url);
  return (
    <ConfirmDialog
      title={`Delete the webhook to ${host}?`}
      action="Delete"
      isDanger
      run={() => remove({ input: { id } }, CONTEXT)}
      done={`The webhook to ${host} is deleted.`}
      onDone={() => navigate('/webhooks')}
      onClosed={onClosed}
    >
      This deletes the webhook and its keys. What was not delivered is never sent
      {pending > 0 && `: ${pendingText(pending)} ${pending === 1 ? 'entry' : 'entries'} now`}. This cannot be undone.
    </ConfirmDialog>
  );
}
