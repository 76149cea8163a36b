import { NativeSelect } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useState } from 'react';
import { type CombinedError, useMutation } from 'urql';
import {
  CreateWebhookDocument,
  type CreateWebhookInput,
  type WebhookEvent,
  type WebhookKeyFragment,
  type WebhookSignature,
} from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { focusFirstError } from '../forms/focus-first-error.js';
import { DialogForm } from '../forms/form-dialog.js';
import { UserSelect } from '../forms/user-select.js';
import { EventField } from './event-field.js';
import { UrlField, WEBHOOK_RULES } from './url-field.js';
import { assignWebhookErrors } from './webhook-errors.js';

interface CreateValues {
  readonly url: string;
  readonly events: WebhookEvent[];
  /** Username; null: events of all users are sent. */
  readonly user: string | null;
  readonly signature: WebhookSignature;
}

const SIGNATURES: { value: WebhookSignature; label: string }[] = [
  { value: 'ED25519', label: 'Ed25519: the receiver needs a public key' },
  { value: 'HMAC_SHA256', label: 'HMAC-SHA256: the receiver needs a secret' },
];

interface CreateFormProps {
  onCreated: (made: WebhookKeyFragment) => void;
  /** Called with whether there is input that closing would lose. */
  onDirty: (isDirty: boolean) => void;
  close: () => void;
}

/** The form that creates a webhook. */
export function CreateForm({ onCreated, onDirty, close }: CreateFormProps) {
  const [, create] = useMutation(CreateWebhookDocument);
  const [error, setError] = useState<CombinedError>();
  const form = useForm<CreateValues>({
    initialValues: { url: '', events: ['POINTS_ENTRY'], user: null, signature: 'ED25519' },
    validate: WEBHOOK_RULES,
  });
  const isDirty = form.isDirty();
  useEffect(() => onDirty(isDirty), [onDirty, isDirty]);
  const submit = async (values: CreateValues) => {
    const { data, error: refusal } = await create({ input: inputOf(values) });
    const { fields, rest } = assignWebhookErrors(refusal, ['url', 'events', 'user']);
    setError(rest);
    form.setErrors(fields);
    focusFirstError(form)(fields);
    if (data?.change) onCreated(data.change);
    return false; // the dialog stays open to show the key
  };
  return (
    <DialogForm form={form} action="Create" submit={submit} error={<ErrorAlert error={error} />} close={close}>
      <UrlField {...form.getInputProps('url')} />
      <EventField {...form.getInputProps('events')} />
      <UserSelect
        label="User"
        description="Whose events are sent. Those of tokens belong to their owner."
        placeholder="All users"
        clearable
        {...form.getInputProps('user')}
      />
      <NativeSelect
        label="Signature"
        description="It cannot be changed later. Libraries of Standard Webhooks know HMAC-SHA256; some know Ed25519."
        data={SIGNATURES}
        {...form.getInputProps('signature')}
      />
    </DialogForm>
  );
}

function inputOf({ url, events, user, signature }: CreateValues): CreateWebhookInput {
  return { url: url.trim(), events, user: user === null ? null : { username: user }, signature };
}
