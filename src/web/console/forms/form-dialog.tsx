import { Button, Group, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { Dialog, type DialogProps } from './dialog.js';
import { focusFirstError } from './focus-first-error.js';

/** What a form dialog needs of `useForm`. */
interface Form<Values> {
  readonly submitting: boolean;
  getInputNode(path: string): HTMLElement | null;
  onSubmit(
    submit: (values: Values) => Promise<void>,
    reject: (errors: Readonly<Record<string, unknown>>) => void,
  ): (event?: FormEvent<HTMLFormElement>) => void;
}

interface DialogFormProps<Values> {
  form: Form<Values>;
  /** Text of the button that submits the form. */
  action: string;
  /** Text of the button that closes the dialog. */
  closeLabel?: string;
  /** Whether the action destroys something. */
  isDanger?: boolean;
  isDisabled?: boolean;
  /** Submits valid values. Returns true if the dialog is to close. */
  submit: (values: Values) => Promise<boolean>;
  /** Why the last submission failed. */
  error?: ReactNode;
  close: () => void;
  /** The fields. */
  children: ReactNode;
}

/** The form in a dialog: its fields, what went wrong, and the buttons that submit or cancel it. */
export function DialogForm<Values>(props: DialogFormProps<Values>) {
  const { form, action, closeLabel = 'Cancel', isDanger = false, isDisabled = false, submit, error, close } = props;
  const onSubmit = form.onSubmit(async (values) => {
    if (await submit(values)) close();
  }, focusFirstError(form));
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        {props.children}
        {error}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {closeLabel}
          </Button>
          <Button type="submit" loading={form.submitting} disabled={isDisabled} {...(isDanger && { color: 'red.9' })}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type FormDialogProps<Values> = Omit<DialogProps, 'children'> & Omit<DialogFormProps<Values>, 'close'>;

/** A dialog that holds a form and nothing else. */
export function FormDialog<Values>({ title, size, isPersistent, onClosed, ...form }: FormDialogProps<Values>) {
  return (
    <Dialog
      title={title}
      onClosed={onClosed}
      {...(size && { size })}
      {...(isPersistent !== undefined && { isPersistent })}
    >
      {(close) => <DialogForm {...form} close={close} />}
    </Dialog>
  );
}
