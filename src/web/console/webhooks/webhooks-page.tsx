import { Button } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Page } from '../page/page.js';
import { useHeldScopes } from '../scopes/use-held-scopes.js';
import { CreateDialog } from './create-dialog.js';
import { WebhookList } from './webhook-list.js';

/** The webhooks of all users and tokens. */
export function WebhooksPage() {
  const [isCreating, setCreating] = useState(false);
  const create = useHeldScopes().has('webhooks:write') ? () => setCreating(true) : undefined;
  return (
    <Page
      title="Webhooks"
      description="Addresses to which Scrip sends signed messages about what happened. Each event is sent until it is accepted."
      actions={
        create && (
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={create}>
            Create a webhook
          </Button>
        )
      }
    >
      <WebhookList onCreate={create} />
      {isCreating && <CreateDialog onClosed={() => setCreating(false)} />}
    </Page>
  );
}
