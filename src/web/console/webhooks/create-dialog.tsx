import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { WebhookKeyFragment } from '../../generated.js';
import { Dialog } from '../forms/dialog.js';
import { CreateForm } from './create-form.js';
import { KeyBox } from './key-box.js';

/** Creates a webhook, then shows its key. */
export function CreateDialog({ onClosed }: { onClosed: () => void }) {
  const [made, setMade] = useState<WebhookKeyFragment>();
  const [isDirty, setDirty] = useState(false);
  return (
    <Dialog
      title={made ? 'Webhook created' : 'Create a webhook'}
      size="lg"
      isPersistent={made !== undefined || isDirty}
      onClosed={onClosed}
    >
      {(close) =>
        made ? (
          <KeyBox made={made} onDone={close}>
            <Button component={Link} href={`/webhooks/${made.webhook.id}`} variant="default">
              Open the webhook
            </Button>
          </KeyBox>
        ) : (
          <CreateForm onCreated={setMade} onDirty={setDirty} close={close} />
        )
      }
    </Dialog>
  );
}
