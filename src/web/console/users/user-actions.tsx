import { ActionIcon, Button, Menu } from '@mantine/core';
import { ArrowRightLeft, Ellipsis, FileText, LogOut, Minus, Pencil, Plus, Shield, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { UserDetailsQuery } from '../../generated.js';
import { ChangeDialog } from '../points/change-dialog.js';
import { MoveDialog } from '../points/move-dialog.js';
import { DeleteUserDialog } from './delete-user-dialog.js';
import { EndSessionsDialog } from './end-sessions-dialog.js';
import { RenameDialog } from './rename-dialog.js';
import { RoleDialog } from './role-dialog.js';

type UserAction = 'add' | 'spend' | 'move' | 'rename' | 'role' | 'sessions' | 'delete';

/** The buttons and the menu of a user's page, with the dialogs that they open. */
export function UserActions({ user }: { user: NonNullable<UserDetailsQuery['user']> }) {
  const [action, setAction] = useState<UserAction>();
  const dialog = { user, onClosed: () => setAction(undefined) };
  return (
    <>
      <Button px="sm" leftSection={<Plus size={16} aria-hidden />} onClick={() => setAction('add')}>
        Add points
      </Button>
      <Button
        variant="default"
        px="sm"
        leftSection={<Minus size={16} aria-hidden />}
        onClick={() => setAction('spend')}
      >
        Spend points
      </Button>
      <Button
        variant="default"
        px="sm"
        leftSection={<ArrowRightLeft size={16} aria-hidden />}
        onClick={() => setAction('move')}
      >
        Move points
      </Button>
      <Button
        variant="default"
        px="sm"
        component={Link}
        href={`/users/${user.id}/statement`}
        leftSection={<FileText size={16} aria-hidden />}
      >
        Statement
      </Button>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More">
            <Ellipsis size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Pencil size={15} aria-hidden />} onClick={() => setAction('rename')}>
            Rename
          </Menu.Item>
          <Menu.Item leftSection={<Shield size={15} aria-hidden />} onClick={() => setAction('role')}>
            {user.role === 'ADMIN' ? 'Remove administrator role' : 'Make an administrator'}
          </Menu.Item>
          <Menu.Item leftSection={<LogOut size={15} aria-hidden />} onClick={() => setAction('sessions')}>
            Log out everywhere
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            c="var(--mantine-color-error)"
            leftSection={<Trash2 size={15} aria-hidden />}
            onClick={() => setAction('delete')}
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {(action === 'add' || action === 'spend') && <ChangeDialog kind={action} {...dialog} />}
      {action === 'move' && <MoveDialog {...dialog} />}
      {action === 'rename' && <RenameDialog {...dialog} />}
      {action === 'role' && <RoleDialog {...dialog} />}
      {action === 'sessions' && <EndSessionsDialog {...dialog} />}
      {action === 'delete' && <DeleteUserDialog {...dialog} />}
    </>
  );
}
