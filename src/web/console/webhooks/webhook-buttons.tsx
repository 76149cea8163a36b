import { ActionIcon, Button, Menu } from '@mantine/core';
import { Ellipsis, Pause, Pencil, Play, Repeat, RotateCw, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { WebhookDetailsQuery } from '../../generated.js';
import { useHeldScopes } from '../scopes/use-held-scopes.js';
import { actionsOn, type WebhookAction } from './webhook-actions.js';
import { WebhookDialog } from './webhook-dialog.js';

const BUTTONS = [
  { action: 'test', label: 'Test', icon: Send },
  { action: 'pause', label: 'Pause', icon: Pause },
  { action: 'resume', label: 'Resume', icon: Play },
  { action: 'edit', label: 'Edit', icon: Pencil },
] as const;

const MENU_ITEMS = [
  { action: 'redeliver', label: 'Redeliver entries', icon: Repeat },
  { action: 'rotate', label: 'Rotate the key', icon: RotateCw },
] as const;

/** The buttons and the menu of a webhook's page, with the dialogs that they open. */
export function WebhookButtons({ webhook }: { webhook: NonNullable<WebhookDetailsQuery['webhook']> }) {
  const [action, setAction] = useState<WebhookAction>();
  const possible = actionsOn(webhook, useHeldScopes());
  if (possible.size === 0) return null;
  return (
    <>
      {BUTTONS.filter((button) => possible.has(button.action)).map(({ action: kind, label, icon: Icon }) => (
        <Button
          key={kind}
          variant="default"
          px="xs"
          leftSection={<Icon size={16} aria-hidden />}
          onClick={() => setAction(kind)}
        >
          {label}
        </Button>
      ))}
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More">
            <Ellipsis size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {MENU_ITEMS.filter((item) => possible.has(item.action)).map(({ action: kind, label, icon: Icon }) => (
            <Menu.Item key={kind} leftSection={<Icon size={15} aria-hidden />} onClick={() => setAction(kind)}>
              {label}
            </Menu.Item>
          ))}
          <Menu.Item
            c="var(--mantine-color-error)"
            leftSection={<Trash2 size={15} aria-hidden />}
            onClick={() => setAction('delete')}
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {action && <WebhookDialog action={action} webhook={webhook} onClosed={() => setAction(undefined)} />}
    </>
  );
}
