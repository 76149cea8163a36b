import { SimpleGrid, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { type CombinedError, useMutation } from 'urql';
import { type TokenDetailsQuery, UpdateTokenDocument } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { isolatedText } from '../display/plain-text.js';
import { focusFirstError } from '../forms/focus-first-error.js';
import { FormDialog } from '../forms/form-dialog.js';
import { changesOf, type EditValues, editErrors, editExpiries, valuesOf } from './edit-values.js';
import { ExpiryFields } from './expiry-fields.js';
import { LimitFields } from './limit-fields.js';
import { NetworkField } from './network-field.js';
import { assignErrors, LIMIT_PATHS } from './server-errors.js';

const FIELDS = ['name', 'expiry', ...LIMIT_PATHS, 'networks'];

interface EditDialogProps {
  token: NonNullable<TokenDetailsQuery['token']>;
  onClosed: () => void;
}

/** Changes the name, expiry, limits and networks of a token. */
export function EditDialog({ token, onClosed }: EditDialogProps) {
  const [original] = useState(token); // the page reads the token again while the dialog is open
  const [, update] = useMutation(UpdateTokenDocument);
  const [error, setError] = useState<CombinedError>();
  const form = useForm<EditValues>({ initialValues: valuesOf(original), validate: editErrors });
  const submit = async (values: EditValues) => {
    const input = changesOf(original, values);
    if (input === undefined) return true;
    const { fields, rest } = assignErrors((await update({ input })).error, FIELDS);
    setError(rest);
    form.setErrors(fields);
    focusFirstError(form)(fields);
    if (rest !== undefined || Object.keys(fields).length > 0) return false;
    notifications.show({ message: `“${isolatedText(values.name.trim())}” is changed.` });
    return true;
  };
  return (
    <FormDialog
      title={`Edit “${isolatedText(original.name)}”`}
      size="xl"
      action="Save"
      isPersistent={form.isDirty()}
      form={form}
      submit={submit}
      error={<ErrorAlert error={error} />}
      onClosed={onClosed}
    >
      <Text size="sm">The changes apply from the next request of the token.</Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label="Name" maxLength={100} data-autofocus {...form.getInputProps('name')} />
        <ExpiryFields
          isCustom={form.values.expiry === 'custom'}
          options={editExpiries(original)}
          inputProps={form.getInputProps}
        />
      </SimpleGrid>
      <LimitFields inputProps={form.getInputProps} />
      <NetworkField {...form.getInputProps('networks')} />
    </FormDialog>
  );
}
