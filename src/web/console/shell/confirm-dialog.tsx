import { Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useState } from 'react';
import type { CombinedError } from 'urql';
import { ErrorAlert } from '../display/error-alert.js';
import { FormDialog } from './form-dialog.js';

interface ConfirmDialogProps {
  title: string;
  /** What will come of it. */
  children: ReactNode;
  /** What the button says. */
  action: string;
  /** Whether something is lost by it. */
  isDanger?: boolean;
  /** What has to be typed first, and why. */
  word?: { text: string; label: ReactNode } | undefined;
  run: () => Promise<{ error?: CombinedError | undefined }>;
  /** What is said once it is done. */
  done: string;
  onDone?: () => void;
  onClosed: () => void;
}

/** Asks whether something is really meant, and does it. */
export function ConfirmDialog({ children, word, run, done, onDone, ...dialog }: ConfirmDialogProps) {
  const form = useForm({ initialValues: { typed: '' } });
  const [error, setError] = useState<CombinedError>();
  const submit = async () => {
    const outcome = await run();
    setError(outcome.error);
    if (outcome.error) return false;
    notifications.show({ message: done });
    onDone?.();
    return true;
  };
  return (
    <FormDialog
      {...dialog}
      form={form}
      submit={submit}
      isDisabled={word !== undefined && form.values.typed !== word.text}
      error={<ErrorAlert error={error} />}
    >
      <Text size="sm" component="div">
        {children}
      </Text>
      {word && (
        <TextInput
          label={word.label}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          {...form.getInputProps('typed')}
        />
      )}
    </FormDialog>
  );
}
