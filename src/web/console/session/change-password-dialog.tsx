import { Alert, Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { CircleAlert } from 'lucide-react';
import { useState } from 'react';
import { Dialog } from '../shell/dialog.js';
import { focusFirstError } from '../shell/focus-first-error.js';
import { changePassword } from './session.js';

const MIN_CHARACTERS = 8;
const MAX_CHARACTERS = 256;

/** Changes the password of the administrator who is logged in. */
export function ChangePasswordDialog({ username, onClosed }: { username: string; onClosed: () => void }) {
  return (
    <Dialog title="Change your password" onClosed={onClosed}>
      {(close) => <ChangePasswordForm username={username} close={close} />}
    </Dialog>
  );
}

function ChangePasswordForm({ username, close }: { username: string; close: () => void }) {
  const [problem, setProblem] = useState<string>();
  const form = useForm({
    initialValues: { currentPassword: '', newPassword: '' },
    validate: {
      currentPassword: (text) => (text === '' ? 'Enter your current password.' : null),
      newPassword: validateNewPassword,
    },
  });
  const submit = form.onSubmit(async (passwords) => {
    setProblem(undefined);
    const failure = await changePassword(passwords);
    if (failure !== undefined) return setProblem(failure);
    notifications.show({ message: 'Your password is changed.' });
    close();
  }, focusFirstError(form));
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm">All your other sessions end. App tokens keep working.</Text>
        {/* Tells a password manager whose password this is. */}
        <input type="hidden" name="username" autoComplete="username" value={username} />
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the current password' }}
          data-autofocus
          {...form.getInputProps('currentPassword')}
        />
        <PasswordInput
          label="New password"
          description={`${MIN_CHARACTERS} to ${MAX_CHARACTERS} characters.`}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the new password' }}
          {...form.getInputProps('newPassword')}
        />
        {problem !== undefined && (
          <Alert color="red" role="alert" icon={<CircleAlert size={18} aria-hidden />}>
            {problem}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={form.submitting}>
            Change password
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function validateNewPassword(text: string, { currentPassword }: { currentPassword: string }): string | null {
  const length = [...text].length;
  if (length < MIN_CHARACTERS) return `Enter at least ${MIN_CHARACTERS} characters.`;
  if (length > MAX_CHARACTERS) return `Enter at most ${MAX_CHARACTERS} characters.`;
  return text === currentPassword ? 'Enter a password that differs from the current one.' : null;
}
