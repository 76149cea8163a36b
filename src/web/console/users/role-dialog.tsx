import { useMutation } from 'urql';
import { UpdateUserDocument } from '../../generated.js';
import { ConfirmDialog } from '../forms/confirm-dialog.js';
import type { UserDialogProps } from './user-dialog.js';

/** Gives the administrator role to a user, or removes it. */
export function RoleDialog({ user: { id, username, role }, onClosed }: UserDialogProps) {
  const [, update] = useMutation(UpdateUserDocument);
  const next = role === 'ADMIN' ? 'USER' : 'ADMIN';
  return (
    <ConfirmDialog
      title={
        next === 'ADMIN' ? `Make ${username} an administrator?` : `Remove the administrator role from ${username}?`
      }
      action="Change the role"
      isDanger={next === 'USER'}
      run={() => update({ input: { user: { id }, role: next } })}
      done={next === 'ADMIN' ? `${username} is an administrator.` : `${username} is no longer an administrator.`}
      onClosed={onClosed}
    >
      {next === 'ADMIN'
        ? 'Administrators have full access: they can issue tokens, change points, and create and delete users.'
        : 'The user keeps access to their own data. All other access ends immediately, also in open sessions.'}
    </ConfirmDialog>
  );
}
