import { ActionIcon, Button, Menu } from '@mantine/core';
import { Ellipsis, LogOut, Minus, Pencil, Plus, Shield, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { UserFactsFragment } from '../../generated.js';
import { ChangeDialog } from '../points/change-dialog.js';
import { DeleteUserDialog } from './delete-user-dialog.js';
import { EndSessionsDialog } from './end-sessions-dialog.js';
import { RenameDialog } from './rename-dialog.js';
import { RoleDialog } from './role-dialog.js';

type UserAction = 'add' | 'spend' | 'rename' | 'role' | 'sessions' | 'delete';

/** What can be done to a user. */
export function UserActions({ user }: { user: UserFactsFragment }) {
  const [deed, setDeed] = useState<UserAction>();
  const dialog = { user, onClosed: () => setDeed(undefined) };
  return (
    <>
      <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setDeed('add')}>
        Add points
      </Button>
      <Button variant="default" leftSection={<Minus size={16} aria-hidden />} onClick={() => setDeed('spend')}>
        Spend points
      </Button>
      <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More">
            <Ellipsis size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Pencil size={15} aria-hidden />} onClick={() => setDeed('rename')}>
            Rename
          </Menu.Item>
          <Menu.Item leftSection={<Shield size={15} aria-hidden />} onClick={() => setDeed('role')}>
            {user.role === 'ADMIN' ? 'Make a plain user' : 'Make an administrator'}
          </Menu.Item>
          <Menu.Item leftSection={<LogOut size={15} aria-hidden />} onClick={() => setDeed('sessions')}>
            Log out everywhere
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            c="var(--mantine-color-error)"
            leftSection={<Trash2 size={15} aria-hidden />}
            onClick={() => setDeed('delete')}
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {(deed === 'add' || deed === 'spend') && <ChangeDialog kind={deed} {...dialog} />}
      {deed === 'rename' && <RenameDialog {...dialog} />}
      {deed === 'role' && <RoleDialog {...dialog} />}
      {deed === 'sessions' && <EndSessionsDialog {...dialog} />}
      {deed === 'delete' && <DeleteUserDialog {...dialog} />}
    </>
  );
}
