import { Button } from '@mantine/core';
import { Pause, Pencil, Play, RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { TokenDetailsQuery } from '../../generated.js';
import { useHeldScopes } from '../scopes/use-held-scopes.js';
import { EditDialog } from './edit-dialog.js';
import { actionsOn, type TokenAction } from './token-actions.js';
import { TokenDialog } from './token-dialog.js';

const BUTTONS = {
  edit: { label: 'Edit', icon: Pencil },
  pause: { label: 'Pause', icon: Pause },
  resume: { label: 'Resume', icon: Play },
  rotate: { label: 'Rotate', icon: RotateCw },
  revoke: { label: 'Revoke', icon: Trash2 },
} as const;

/** The buttons of a token's page, with the dialogs that they open. */
export function TokenButtons({ token }: { token: NonNullable<TokenDetailsQuery['token']> }) {
  const held = useHeldScopes();
  const [action, setAction] = useState<TokenAction>();
  const dialog = { token, onClosed: () => setAction(undefined) };
  return (
    <>
      {actionsOn(token, held).map((kind) => {
        const { label, icon: Icon } = BUTTONS[kind];
        return (
          <Button
            key={kind}
            {...(kind === 'revoke' ? { color: 'red.9' } : { variant: 'default' })}
            leftSection={<Icon size={16} aria-hidden />}
            onClick={() => setAction(kind)}
          >
            {label}
          </Button>
        );
      })}
      {action === 'edit' && <EditDialog {...dialog} />}
      {action !== undefined && action !== 'edit' && <TokenDialog action={action} {...dialog} />}
    </>
  );
}
