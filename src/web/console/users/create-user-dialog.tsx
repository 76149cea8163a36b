import { Button, Group, NativeSelect, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from 'urql';
import { useLocation } from 'wouter';
import { CreateUserDocument, type Role } from '../../generated.js';
import { Fault } from '../reading/fault.js';
import { Dialog } from '../shell/dialog.js';
import { focusFirstError } from '../shell/focus-first-error.js';

/** Creates a user, and goes to their page. */
export function CreateUserDialog({ onClosed }: { onClosed: () => void }) {
  return (
    <Dialog title="Create a user" onClosed={onClosed}>
      {(close) => <CreateUserForm onCancel={close} />}
    </Dialog>
  );
}

function CreateUserForm({ onCancel }: { onCancel: () => void }) {
  const [, navigate] = useLocation();
  const [{ error, fetching }, create] = useMutation(CreateUserDocument);
  const form = useForm({
    initialValues: { username: '', password: '', role: 'USER' as Role },
    validate: {
      username: (name) => (/^[A-Za-z0-9_.-]{1,64}$/.test(name) ? null : '1 to 64 of A–Z a–z 0–9 _ . -'),
      password: (text) => (text === '' || text.length >= 8 ? null : '8 characters at least, or none at all'),
    },
  });
  const submit = form.onSubmit(async ({ username, password, role }) => {
    const { data } = await create({ input: { username, password: password || null, role } });
    if (data?.createUser) navigate(`/users/${data.createUser.user.id}`);
  }, focusFirstError(form));
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label="Name"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          data-autofocus
          {...form.getInputProps('username')}
        />
        <PasswordInput
          label="Password"
          description="Without one the user has points, and cannot log in."
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          {...form.getInputProps('password')}
        />
        <NativeSelect
          label="Role"
          data={[
            { value: 'USER', label: 'User: does as they please with what is their own' },
            { value: 'ADMIN', label: 'Administrator: may do everything' },
          ]}
          {...form.getInputProps('role')}
        />
        <Fault error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={fetching}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
