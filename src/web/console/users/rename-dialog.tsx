import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useMutation } from 'urql';
import { UpdateUserDocument } from '../../generated.js';
import { Fault } from '../reading/fault.js';
import { Dialog } from '../shell/dialog.js';
import type { UserDialogProps } from './user-actions.js';

/** Gives a user another name. */
export function RenameDialog({ user: { id, username }, onClosed }: UserDialogProps) {
  const [{ error, fetching }, update] = useMutation(UpdateUserDocument);
  const [name, setName] = useState(username);
  const submit = async (event: FormEvent, close: () => void) => {
    event.preventDefault();
    const outcome = await update({ input: { user: { id }, username: name.trim() } });
    if (!outcome.error) close();
  };
  return (
    <Dialog title={`Rename ${username}`} onClosed={onClosed}>
      {(close) => (
        <form onSubmit={(event) => void submit(event, close)}>
          <Stack>
            <TextInput
              label="Name"
              description="1 to 64 of A–Z a–z 0–9 _ . -"
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
              data-autofocus
            />
            <Fault error={error} />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={fetching}>
                Rename
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
