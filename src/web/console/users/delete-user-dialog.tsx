import { Code } from '@mantine/core';
import { useMutation } from 'urql';
import { useLocation } from 'wouter';
import { DeleteUserDocument } from '../../generated.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import type { UserDialogProps } from './user-dialog.js';

/** Deletes a user for good. */
export function DeleteUserDialog({ user: { id, username }, onClosed }: UserDialogProps) {
  const [, navigate] = useLocation();
  const [, remove] = useMutation(DeleteUserDocument);
  return (
    <ConfirmDialog
      title={`Delete ${username}?`}
      action="Delete for good"
      isDanger
      word={{
        text: username,
        label: (
          <>
            Type <Code className="scrip-name">{username}</Code> to delete this user
          </>
        ),
      }}
      run={() => remove({ input: { user: { id } } }, { additionalTypenames: ['User', 'Token', 'Session', 'Post'] })}
      done={`${username} is deleted.`}
      onDone={() => navigate('/users')}
      onClosed={onClosed}
    >
      Their tokens and sessions end at once, their posts go, and the name becomes free. What is in the ledger stays.
      This cannot be undone.
    </ConfirmDialog>
  );
}
