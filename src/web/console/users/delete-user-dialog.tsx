import { useMutation } from 'urql';
import { useLocation } from 'wouter';
import { DeleteUserDocument } from '../../generated.js';
import { ConfirmDialog } from '../forms/confirm-dialog.js';
import type { UserDialogProps } from './user-dialog.js';

/** Deletes a user. The username must be typed. */
export function DeleteUserDialog({ user: { id, username }, onClosed }: UserDialogProps) {
  const [, navigate] = useLocation();
  const [, remove] = useMutation(DeleteUserDocument);
  return (
    <ConfirmDialog
      title={`Delete ${username}?`}
      action="Delete permanently"
      isDanger
      confirmation={{ text: username }}
      run={() =>
        remove({ input: { user: { id } } }, { additionalTypenames: ['User', 'Token', 'Session', 'Post', 'PointsHold'] })
      }
      done={`${username} is deleted.`}
      onDone={() => navigate('/users')}
      onClosed={onClosed}
    >
      This deletes the user and the user’s tokens, sessions and posts, and releases open holds. Ledger entries are kept.
      Another user can then take the username. This cannot be undone.
    </ConfirmDialog>
  );
}
