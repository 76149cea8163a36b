import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from 'urql';
import { UpdateUserDocument } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { FormDialog } from '../forms/form-dialog.js';
import type { UserDialogProps } from './user-dialog.js';
import { USERNAME_RULE, validateUsername } from './validate-username.js';

/** Changes the username. */
export function RenameDialog({ user: { id, username }, onClosed }: UserDialogProps) {
  const [{ error }, update] = useMutation(UpdateUserDocument);
  const form = useForm({
    initialValues: { username },
    transformValues: (values) => ({ username: values.username.trim() }),
    validate: { username: validateUsername },
  });
  return (
    <FormDialog
      title={`Rename ${username}`}
      action="Rename"
      form={form}
      submit={async (values) => !(await update({ input: { user: { id }, ...values } })).error}
      error={<ErrorAlert error={error} />}
      onClosed={onClosed}
    >
      <TextInput
        label="Username"
        description={USERNAME_RULE}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
        {...form.getInputProps('username')}
      />
    </FormDialog>
  );
}
