import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';
import { type EntryRowFragment, ReversePointsDocument } from '../../generated.js';
import { change as signed } from '../reading/count.js';
import { Dialog } from '../shell/dialog.js';
import { ChangeFault } from './change-fault.js';
import { useChange } from './use-change.js';

/** Takes an entry of the ledger back. */
export function ReverseDialog({ entry, onClosed }: { entry: EntryRowFragment; onClosed: () => void }) {
  const change = useChange(ReversePointsDocument);
  const [reason, setReason] = useState('');
  const submit = async (event: FormEvent, close: () => void) => {
    event.preventDefault();
    const done = await change.send({ entryId: entry.id, reason: reason.trim() || null });
    if (!done) return;
    notifications.show({ message: `Reversed no. ${entry.sequence} of ${entry.user.username}.` });
    close();
  };
  return (
    <Dialog title={`Reverse no. ${entry.sequence} of ${entry.user.username}?`} onClosed={onClosed}>
      {(close) => (
        <form onSubmit={(event) => void submit(event, close)}>
          <Stack>
            <Text size="sm">
              A new entry of {signed(-entry.delta)} takes it back, whole. The old one stays in the ledger.
            </Text>
            <Textarea
              label="Reason"
              maxLength={500}
              autosize
              minRows={2}
              disabled={change.isUncertain}
              value={reason}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
              data-autofocus
            />
            <ChangeFault change={change} />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={change.isSending}>
                {change.isUncertain ? 'Send it again' : 'Reverse'}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
