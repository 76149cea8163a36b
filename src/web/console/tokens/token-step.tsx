import { Button, Collapse, Group, NativeSelect, Radio, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import type { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { ChevronRight } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { UserSelect } from '../forms/user-select.js';
import { ScopePicker } from '../scopes/scope-picker.js';
import { ExpiryFields } from './expiry-fields.js';
import type { IssueValues } from './issue-values.js';

// Loaded on demand: both contain GraphQL's parser.
const PastedOperations = lazy(async () => ({
  default: (await import('../scopes/pasted-operations.js')).PastedOperations,
}));
const OperationField = lazy(async () => ({
  default: (await import('../scopes/operation-field.js')).OperationField,
}));

type IssueFormState = Pick<
  ReturnType<typeof useForm<IssueValues>>,
  'values' | 'errors' | 'getInputProps' | 'setFieldValue'
>;

/** The first step: name, owner, format and expiry of the token, and what it may do. */
export function TokenStep({ form }: { form: IssueFormState }) {
  return (
    <>
      <TextInput
        label="Name"
        description="For example, the application and its environment."
        placeholder="shop, production"
        maxLength={100}
        data-autofocus
        {...form.getInputProps('name')}
      />
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
        <ExpiryFields isCustom={form.values.expiry === 'custom'} inputProps={form.getInputProps} />
      </SimpleGrid>
      <OperationChoice form={form} />
      <ScopeField form={form} />
    </>
  );
}

function OperationChoice({ form: { values, errors, setFieldValue } }: { form: IssueFormState }) {
  const { operations } = values;
  const error = errors['operations'];
  return (
    <>
      <Radio.Group
        label="The token may run"
        value={operations.isOnly ? 'only' : 'any'}
        onChange={(value) => setFieldValue('operations', { ...operations, isOnly: value === 'only' })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="any" label="Any operation that the scopes allow" />
          <Radio value="only" label="Only the operations below, which cannot be changed later" />
        </Stack>
      </Radio.Group>
      {operations.isOnly && (
        <Suspense>
          <OperationField
            text={operations.text}
            onChange={(text, documents, fault) => setFieldValue('operations', { isOnly: true, text, documents, fault })}
            error={typeof error === 'string' ? error : undefined}
            path="operations"
          />
        </Suspense>
      )}
    </>
  );
}

function ScopeField({ form: { values, errors, setFieldValue } }: { form: IssueFormState }) {
  const [isPasting, { toggle }] = useDisclosure();
  const { isOnly } = values.operations;
  return (
    <>
      <div>
        <Group justify="space-between" mb="xs">
          <Text fw={500} size="sm">
            {isOnly ? 'Scopes (optional)' : 'Scopes'}
          </Text>
          {!isOnly && (
            <Button
              variant="subtle"
              size="compact-sm"
              aria-expanded={isPasting}
              leftSection={<ChevronRight size={14} className="scrip-chevron" aria-hidden />}
              onClick={toggle}
            >
              Find required scopes
            </Button>
          )}
        </Group>
        {isOnly && (
          <Text size="sm" c="dimmed">
            If you select none, the token gets the scopes that the operations require.
          </Text>
        )}
        <Collapse expanded={isPasting && !isOnly} keepMounted={false}>
          <Suspense>
            <PastedOperations onFound={(found) => setFieldValue('scopes', new Set(found))} />
          </Suspense>
        </Collapse>
      </div>
      <ScopePicker chosen={values.scopes} onChange={(chosen) => setFieldValue('scopes', chosen)} path="scopes" />
      {errors['scopes'] && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {errors['scopes']}
        </Text>
      )}
    </>
  );
}
