import { useMutation } from 'urql';
import { RevokeSessionsDocument } from '../../generated.js';
import { ConfirmDialog } from '../forms/confirm-dialog.js';
import type { UserDialogProps } from './user-dialog.js';

/** Ends every session of a user. */
export function EndSessionsDialog({ user: { id, username }, onClosed }: UserDialogProps) {
  const [, revoke] = useMutation(RevokeSessionsDocument);
  return (
    <ConfirmDialog
      title={`Log ${username} out everywhere?`}
      action="Log out everywhere"
      isDanger
      run={() => revoke({ input: { user: { id } } }, { additionalTypenames: ['Session'] })}
      done={`${username} is logged out everywhere.`}
      onClosed={onClosed}
    >
      This ends all sessions of the user. App tokens keep working.
    </ConfirmDialog>
  );
}
