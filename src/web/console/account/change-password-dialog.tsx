import { Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { MessageAlert } from '../display/error-alert.js';
import { FormDialog } from '../forms/form-dialog.js';
import { PasswordField } from '../forms/password-field.js';
import { PASSWORD_RULE, validatePassword } from '../forms/validate-password.js';
import { useSession } from '../session/session-context.js';

/** Changes the password of the administrator who is logged in. */
export function ChangePasswordDialog({ username, onClosed }: { username: string; onClosed: () => void }) {
  const session = useSession();
  const [failure, setFailure] = useState<string>();
  const form = useForm({
    initialValues: { currentPassword: '', newPassword: '' },
    validate: {
      currentPassword: (text) => (text === '' ? 'Enter your current password.' : null),
      newPassword: validateNewPassword,
    },
  });
  const submit = async (passwords: typeof form.values) => {
    const reason = await session.changePassword(passwords);
    setFailure(reason);
    if (reason === undefined) notifications.show({ message: 'Your password was changed.' });
    return reason === undefined;
  };
  return (
    <FormDialog
      title="Change your password"
      action="Change password"
      form={form}
      submit={submit}
      error={<MessageAlert>{failure}</MessageAlert>}
      onClosed={onClosed}
    >
      <Text size="sm">This ends all your other sessions. App tokens keep working.</Text>
      {/* For password managers. */}
      <input type="hidden" name="username" autoComplete="username" value={username} />
      <PasswordField
        label="Current password"
        autoComplete="current-password"
        data-autofocus
        {...form.getInputProps('currentPassword')}
      />
      <PasswordField
        label="New password"
        description={PASSWORD_RULE}
        autoComplete="new-password"
        {...form.getInputProps('newPassword')}
      />
    </FormDialog>
  );
}

function validateNewPassword(text: string, { currentPassword }: { currentPassword: string }): string | null {
  return (
    validatePassword(text) ?? (text === currentPassword ? 'Enter a password that differs from the current one.' : null)
  );
}
