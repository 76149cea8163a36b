import type { WebhookRowFragment } from '../../generated.js';
import { DeleteDialog } from './delete-dialog.js';
import { EditDialog } from './edit-dialog.js';
import { PauseDialog } from './pause-dialog.js';
import { RedeliverDialog } from './redeliver-dialog.js';
import { ResumeDialog } from './resume-dialog.js';
import { RotateDialog } from './rotate-dialog.js';
import { TestDialog } from './test-dialog.js';
import type { WebhookAction } from './webhook-actions.js';

interface WebhookDialogProps {
  action: WebhookAction;
  webhook: WebhookRowFragment;
  onClosed: () => void;
}

/** The dialog for an action on a webhook. */
export function WebhookDialog({ action, ...dialog }: WebhookDialogProps) {
  switch (action) {
    case 'test':
      return <TestDialog {...dialog} />;
    case 'pause':
      return <PauseDialog {...dialog} />;
    case 'resume':
      return <ResumeDialog {...dialog} />;
    case 'edit':
      return <EditDialog {...dialog} />;
    case 'redeliver':
      return <RedeliverDialog {...dialog} />;
    case 'rotate':
      return <RotateDialog {...dialog} />;
    case 'delete':
      return <DeleteDialog {...dialog} />;
  }
}
