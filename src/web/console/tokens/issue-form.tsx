import { Button, Collapse, Group, NativeSelect, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { ChevronRight } from 'lucide-react';
import { lazy, Suspense, useEffect } from 'react';
import { useMutation } from 'urql';
import { isScope, scopeName } from '../../../auth/scope.js';
import { IssueTokenDocument, type Scope, type TokenFormat } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { ScopePicker } from '../scopes/scope-picker.js';
import { DialogForm } from '../shell/form-dialog.js';
import { UserSelect } from '../users/user-select.js';
import { EXPIRIES, expiryOf, today } from './expiry.js';
import type { IssuedSecret } from './secret-box.js';

// It brings GraphQL's parser along, which few need.
const PastedOperations = lazy(async () => ({
  default: (await import('../scopes/pasted-operations.js')).PastedOperations,
}));

interface IssueFormProps {
  scopes: readonly string[];
  owner: string | undefined;
  onIssued: (issued: IssuedSecret) => void;
  /** Hears whether something was entered that would be lost. */
  onDirty: (isDirty: boolean) => void;
  onCancel: () => void;
}

/** What a new token is to be. */
export function IssueForm({ scopes, owner, onIssued, onDirty, onCancel }: IssueFormProps) {
  const [{ error }, issue] = useMutation(IssueTokenDocument);
  const [isPasting, { toggle }] = useDisclosure();
  const form = useForm({
    initialValues: {
      name: '',
      owner: owner ?? null,
      expiry: 'never',
      lastDay: '',
      format: 'OPAQUE' as TokenFormat,
      scopes: new Set(scopes) as ReadonlySet<string>,
    },
    validate: {
      name: (name) => (name.trim() === '' ? 'Enter a name.' : null),
      lastDay: (day, { expiry }) => (expiry === 'custom' && day < today() ? 'Choose a future day.' : null),
      scopes: (chosen) => (chosen.size === 0 ? 'Select at least one scope.' : null),
    },
  });
  const submit = async ({ name, owner, scopes, format, ...end }: typeof form.values) => {
    const input = {
      name: name.trim(),
      owner: owner === null ? null : { username: owner },
      // Safe: a scope's name is its member of the enum, by which the schema and this list are kept alike.
      scopes: [...scopes].filter(isScope).map((scope) => scopeName(scope) as Scope),
      format,
      expiresAt: expiryOf(end),
    };
    const { data } = await issue({ input });
    if (data?.issueToken) onIssued({ secret: data.issueToken.secret, name: data.issueToken.token.name });
    return false; // the secret is still to be copied
  };
  const isDirty = form.isDirty();
  useEffect(() => onDirty(isDirty), [onDirty, isDirty]);

  return (
    <DialogForm
      form={form}
      action="Issue the token"
      submit={submit}
      error={<ErrorAlert error={error} />}
      close={onCancel}
    >
      <TextInput
        label="Name"
        description="What it is for: the application, the environment."
        placeholder="shop, production"
        maxLength={100}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <UserSelect
          label="Owner"
          description="The token dies with this user."
          placeholder="You"
          clearable
          {...form.getInputProps('owner')}
        />
        <NativeSelect
          label="Format"
          description="Either can be revoked at once."
          data={[
            { value: 'OPAQUE', label: 'Random string' },
            { value: 'JWT', label: 'Signed JWT' },
          ]}
          {...form.getInputProps('format')}
        />
        <NativeSelect label="Expires" data={EXPIRIES} {...form.getInputProps('expiry')} />
        {form.values.expiry === 'custom' && (
          <TextInput type="date" label="Last day" min={today()} {...form.getInputProps('lastDay')} />
        )}
      </SimpleGrid>
      <div>
        <Group justify="space-between" mb="xs">
          <Text fw={500} size="sm">
            Scopes
          </Text>
          <Button
            variant="subtle"
            size="compact-sm"
            aria-expanded={isPasting}
            leftSection={<ChevronRight size={14} className="scrip-chevron" aria-hidden />}
            onClick={toggle}
          >
            Find them by your operations
          </Button>
        </Group>
        <Collapse expanded={isPasting} keepMounted={false}>
          <Suspense>
            <PastedOperations onFound={(found) => form.setFieldValue('scopes', new Set(found))} />
          </Suspense>
        </Collapse>
      </div>
      <ScopePicker
        chosen={form.values.scopes}
        onChange={(chosen) => form.setFieldValue('scopes', chosen)}
        path="scopes"
      />
      {form.errors['scopes'] && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {form.errors['scopes']}
        </Text>
      )}
    </DialogForm>
  );
}
