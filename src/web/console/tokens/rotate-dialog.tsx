import { NativeSelect, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useMutation } from 'urql';
import { RotateTokenDocument, type TokenRowFragment } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { isolatedText } from '../display/plain-text.js';
import { Dialog } from '../forms/dialog.js';
import { DialogForm } from '../forms/form-dialog.js';
import { type IssuedSecret, SecretBox } from './secret-box.js';

const OVERLAPS = [
  { value: '0', label: 'Stops working immediately' },
  { value: '3600', label: 'Works for another hour' },
  { value: '86400', label: 'Works for another day' },
  { value: '604800', label: 'Works for another week' },
];

/** Replaces a token by a new one and shows the new secret. */
export function RotateDialog({ token, onClosed }: { token: TokenRowFragment; onClosed: () => void }) {
  const [{ error }, rotate] = useMutation(RotateTokenDocument);
  const form = useForm({ initialValues: { overlapSeconds: '86400' } });
  const [issued, setIssued] = useState<IssuedSecret>();
  const submit = async ({ overlapSeconds }: typeof form.values) => {
    const { data } = await rotate({ input: { id: token.id, overlapSeconds: Number(overlapSeconds) } });
    if (data?.rotateToken) setIssued({ secret: data.rotateToken.secret, name: data.rotateToken.token.name });
    return false; // the dialog stays open to show the secret
  };
  return (
    <Dialog
      title={`Rotate “${isolatedText(token.name)}”`}
      size="lg"
      isPersistent={issued !== undefined}
      onClosed={onClosed}
    >
      {(close) =>
        issued ? (
          <SecretBox issued={issued} onDone={close} />
        ) : (
          <DialogForm form={form} action="Rotate" submit={submit} error={<ErrorAlert error={error} />} close={close}>
            <Text size="sm">
              This issues a new token with the same name, owner, scopes, expiry, limits, networks and operations. The
              old secret can keep working for a while, so that you can update your application.
            </Text>
            <NativeSelect
              label="The old secret"
              data={OVERLAPS}
              data-autofocus
              {...form.getInputProps('overlapSeconds')}
            />
          </DialogForm>
        )
      }
    </Dialog>
  );
}
