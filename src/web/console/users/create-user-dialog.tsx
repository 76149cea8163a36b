import { NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from 'urql';
import { useLocation } from 'wouter';
import { CreateUserDocument, type Role } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { FormDialog } from '../shell/form-dialog.js';
import { validateUsername } from './validate-username.js';

/** Creates a user, and goes to their page. */
export function CreateUserDialog({ onClosed }: { onClosed: () => void }) {
  const [, navigate] = useLocation();
  const [{ error }, create] = useMutation(CreateUserDocument);
  const form = useForm({
    initialValues: { username: '', password: '', role: 'USER' as Role },
    validate: {
      username: validateUsername,
      password: (text) => (text === '' || text.length >= 8 ? null : '8 characters at least, or none at all'),
    },
  });
  const submit = async ({ username, password, role }: typeof form.values) => {
    const { data } = await create({ input: { username: username.trim(), password: password || null, role } });
    if (data?.createUser) navigate(`/users/${data.createUser.user.id}`);
    return data?.createUser != null;
  };
  return (
    <FormDialog
      title="Create a user"
      action="Create"
      form={form}
      submit={submit}
      error={<ErrorAlert error={error} />}
      onClosed={onClosed}
    >
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
    </FormDialog>
  );
}
