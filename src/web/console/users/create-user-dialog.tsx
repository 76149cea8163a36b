import { NativeSelect, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from 'urql';
import { useLocation } from 'wouter';
import { CreateUserDocument, type Role } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { FormDialog } from '../forms/form-dialog.js';
import { PasswordField } from '../forms/password-field.js';
import { PASSWORD_RULE, validatePassword } from '../forms/validate-password.js';
import { validateUsername } from './validate-username.js';

/** Creates a user and opens the page of the user. */
export function CreateUserDialog({ onClosed }: { onClosed: () => void }) {
  const [, navigate] = useLocation();
  const [{ error }, create] = useMutation(CreateUserDocument);
  const form = useForm<{ username: string; password: string; role: Role }>({
    initialValues: { username: '', password: '', role: 'USER' },
    validate: {
      username: validateUsername,
      password: (text) => (text === '' ? null : validatePassword(text)),
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
        label="Username"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
        {...form.getInputProps('username')}
      />
      <PasswordField
        label="Password"
        description={`Optional. ${PASSWORD_RULE} Without a password, the user cannot log in.`}
        autoComplete="new-password"
        {...form.getInputProps('password')}
      />
      <NativeSelect
        label="Role"
        data={[
          { value: 'USER', label: 'User: access to their own data' },
          { value: 'ADMIN', label: 'Administrator: full access' },
        ]}
        {...form.getInputProps('role')}
      />
    </FormDialog>
  );
}
