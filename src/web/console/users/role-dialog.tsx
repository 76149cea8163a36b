import { useMutation } from 'urql';
import { UpdateUserDocument } from '../../generated.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';
import type { UserDialogProps } from './user-dialog.js';

/** Makes a user an administrator, or an administrator a user. */
export function RoleDialog({ user: { id, username, role }, onClosed }: UserDialogProps) {
  const [, update] = useMutation(UpdateUserDocument);
  const next = role === 'ADMIN' ? 'USER' : 'ADMIN';
  return (
    <ConfirmDialog
      title={next === 'ADMIN' ? `Make ${username} an administrator?` : `Make ${username} a plain user?`}
      action="Change the role"
      isDanger={next === 'USER'}
      run={() => update({ input: { user: { id }, role: next } })}
      done={next === 'ADMIN' ? `${username} is an administrator.` : `${username} is a plain user.`}
      onClosed={onClosed}
    >
      {next === 'ADMIN'
        ? 'Administrators may do everything: issue tokens, change points, make and delete users.'
        : 'They keep what is their own, and lose everything else at once, in sessions that are open, too.'}
    </ConfirmDialog>
  );
}
