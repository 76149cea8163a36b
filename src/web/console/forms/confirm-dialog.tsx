import { Code, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useState } from 'react';
import type { CombinedError } from 'urql';
import { ErrorAlert } from '../display/error-alert.js';
import { FormDialog } from './form-dialog.js';

interface ConfirmDialogProps {
  title: string;
  /** The consequences. */
  children: ReactNode;
  /** Label of the button. */
  action: string;
  /** Whether the action destroys something. */
  isDanger?: boolean;
  /** Text that must be typed to confirm, and a note before the request to type it. */
  confirmation?: { text: string; note?: ReactNode } | undefined;
  run: () => Promise<{ error?: CombinedError | undefined }>;
  /** The notification on success. */
  done: string;
  onDone?: () => void;
  onClosed: () => void;
}

/** Asks for confirmation, then runs an action. */
export function ConfirmDialog({ children, confirmation, run, done, onDone, ...dialog }: ConfirmDialogProps) {
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
      isDisabled={confirmation !== undefined && form.values.typed !== confirmation.text}
      error={<ErrorAlert error={error} />}
    >
      <Text size="sm" component="div" className="scrip-name">
        {children}
      </Text>
      {confirmation && (
        <TextInput
          label={
            <>
              {confirmation.note} Type <Code className="scrip-name">{confirmation.text}</Code> to confirm
            </>
          }
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          {...form.getInputProps('typed')}
        />
      )}
    </FormDialog>
  );
}
