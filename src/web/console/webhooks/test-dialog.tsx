import { Alert, Code, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Check, CircleAlert } from 'lucide-react';
import { useMutation } from 'urql';
import { TestWebhookDocument, type TestWebhookMutation, type WebhookRowFragment } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { formatNumber } from '../display/format-number.js';
import { FormDialog } from '../forms/form-dialog.js';
import { hostOf } from './webhook-url.js';

interface TestDialogProps {
  webhook: WebhookRowFragment;
  onClosed: () => void;
}

/** Sends a message of the type `test`, as often as wanted, and shows how each was received. */
export function TestDialog({ webhook: { id, url }, onClosed }: TestDialogProps) {
  const [{ data, error }, test] = useMutation(TestWebhookDocument);
  const form = useForm({ initialValues: {} });
  const result = data?.testWebhook;
  const submit = async () => {
    await test({ input: { id } });
    return false; // the dialog stays open to show the result
  };
  return (
    <FormDialog
      title={`Test the webhook to ${hostOf(url)}`}
      action={result ? 'Send again' : 'Send a test'}
      closeLabel="Done"
      form={form}
      submit={submit}
      error={error ? <ErrorAlert error={error} /> : result && !form.submitting && <TestResult result={result} />}
      onClosed={onClosed}
    >
      <Text size="sm">
        This sends one signed message of the type <Code>test</Code> now, and waits up to 15 seconds for the response. It
        tells nothing about users.
      </Text>
    </FormDialog>
  );
}

function TestResult({ result }: { result: NonNullable<TestWebhookMutation['testWebhook']> }) {
  const { delivered, status, error, durationMs } = result;
  return (
    <Alert
      color={delivered ? 'green' : 'red'}
      role={delivered ? 'status' : 'alert'}
      icon={delivered ? <Check size={18} aria-hidden /> : <CircleAlert size={18} aria-hidden />}
      title={delivered ? `Delivered: HTTP ${status}` : `Not delivered: ${error}`}
    >
      <Text size="sm">After {formatNumber(durationMs)} ms.</Text>
    </Alert>
  );
}
