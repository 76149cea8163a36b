import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { CombinedError } from 'urql';
import { Fault } from '../reading/fault.js';
import { Dialog } from './dialog.js';

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
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, action, isDanger = false, word, onClosed } = props;
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const submit = async (event: FormEvent, close: () => void) => {
    event.preventDefault();
    setBusy(true);
    const outcome = await props.run();
    setBusy(false);
    setError(outcome.error);
    if (outcome.error) return;
    notifications.show({ message: props.done });
    close();
    props.onDone?.();
  };
  return (
    <Dialog title={title} onClosed={onClosed}>
      {(close) => (
        <form onSubmit={(event) => void submit(event, close)}>
          <Stack>
            <Text size="sm" component="div">
              {children}
            </Text>
            {word && (
              <TextInput
                label={word.label}
                value={typed}
                onChange={({ currentTarget }) => setTyped(currentTarget.value)}
                autoComplete="off"
                spellCheck={false}
                data-autofocus
              />
            )}
            <Fault error={error} />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button
                type="submit"
                loading={isBusy}
                disabled={word !== undefined && typed !== word.text}
                {...(isDanger && { color: 'red.9' })}
              >
                {action}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
