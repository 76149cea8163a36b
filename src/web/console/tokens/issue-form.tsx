import { Button, Collapse, Group, NativeSelect, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { ChevronRight } from 'lucide-react';
import { lazy, Suspense, useEffect } from 'react';
import { useMutation } from 'urql';
import { isScope, scopeName } from '../../../auth/scope.js';
import { IssueTokenDocument, type IssueTokenInput, type Scope, type TokenFormat } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { DialogForm } from '../forms/form-dialog.js';
import { UserSelect } from '../forms/user-select.js';
import { TIME_ZONE } from '../lists/period.js';
import { ScopePicker } from '../scopes/scope-picker.js';
import { EXPIRIES, expiryOf, today } from './expiry.js';
import type { IssuedSecret } from './secret-box.js';

// Loaded on demand: it contains GraphQL's parser.
const PastedOperations = lazy(async () => ({
  default: (await import('../scopes/pasted-operations.js')).PastedOperations,
}));

interface IssueFormProps {
  scopes: readonly string[];
  owner: string | undefined;
  onIssued: (issued: IssuedSecret) => void;
  /** Called with whether there is input that closing would lose. */
  onDirty: (isDirty: boolean) => void;
  onCancel: () => void;
}

interface IssueValues {
  name: string;
  /** Username; null: the administrator. */
  owner: string | null;
  expiry: string;
  lastDay: string;
  format: TokenFormat;
  scopes: ReadonlySet<string>;
}

type IssueFormState = Pick<
  ReturnType<typeof useForm<IssueValues>>,
  'values' | 'errors' | 'getInputProps' | 'setFieldValue'
>;

/** The form that issues a token. */
export function IssueForm({ scopes, owner, onIssued, onDirty, onCancel }: IssueFormProps) {
  const [{ error }, issue] = useMutation(IssueTokenDocument);
  const form = useForm<IssueValues>({
    initialValues: {
      name: '',
      owner: owner ?? null,
      expiry: 'never',
      lastDay: '',
      format: 'OPAQUE',
      scopes: new Set(scopes),
    },
    validate: {
      name: (name) => (name.trim() === '' ? 'Enter a name.' : null),
      lastDay: (day, { expiry }) => (expiry === 'custom' && day < today() ? 'Choose a future day.' : null),
      scopes: (chosen) => (chosen.size === 0 ? 'Select at least one scope.' : null),
    },
  });
  const submit = async (values: IssueValues) => {
    const { data } = await issue({ input: inputOf(values) });
    if (data?.issueToken) onIssued({ secret: data.issueToken.secret, name: data.issueToken.token.name });
    return false; // the dialog stays open to show the secret
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
        description="For example, the application and its environment."
        placeholder="shop, production"
        maxLength={100}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <TokenOptions form={form} />
      <ScopeField form={form} />
    </DialogForm>
  );
}

function inputOf({ name, owner, scopes, format, ...end }: IssueValues): IssueTokenInput {
  return {
    name: name.trim(),
    owner: owner === null ? null : { username: owner },
    // Safe: `scopeName` gives the name of the scope in the schema's enum.
    scopes: [...scopes].filter(isScope).map((scope) => scopeName(scope) as Scope),
    format,
    expiresAt: expiryOf(end),
  };
}

/** Owner, format and expiry. */
function TokenOptions({ form }: { form: IssueFormState }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <UserSelect
        label="Owner"
        description="The token is deleted with its owner."
        placeholder="You"
        clearable
        {...form.getInputProps('owner')}
      />
      <NativeSelect
        label="Format"
        description="Applications can read the claims of a JWT. Both formats can be revoked."
        data={[
          { value: 'OPAQUE', label: 'Opaque' },
          { value: 'JWT', label: 'JWT' },
        ]}
        {...form.getInputProps('format')}
      />
      <NativeSelect label="Expires" data={EXPIRIES} {...form.getInputProps('expiry')} />
      {form.values.expiry === 'custom' && (
        <TextInput
          type="date"
          label="Last day"
          description={`In the time zone ${TIME_ZONE}.`}
          min={today()}
          {...form.getInputProps('lastDay')}
        />
      )}
    </SimpleGrid>
  );
}

function ScopeField({ form }: { form: IssueFormState }) {
  const [isPasting, { toggle }] = useDisclosure();
  return (
    <>
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
            Find required scopes
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
    </>
  );
}
