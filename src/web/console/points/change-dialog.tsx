import { Button, Group, NumberInput, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { AddPointsDocument, SpendPointsDocument } from '../../generated.js';
import { count, MOST_EXACT } from '../reading/count.js';
import { Dialog } from '../shell/dialog.js';
import { focusFirstError } from '../shell/focus-first-error.js';
import { ChangeFault } from './change-fault.js';
import { useChange } from './use-change.js';

const KINDS = {
  add: { title: 'Add points to', action: 'Add points', mutation: AddPointsDocument },
  spend: { title: 'Spend points of', action: 'Spend points', mutation: SpendPointsDocument },
} as const;

interface ChangeDialogProps {
  kind: keyof typeof KINDS;
  user: { id: string; username: string; points?: number | null };
  onClosed: () => void;
}

/** Adds points to a user, or spends points of theirs. */
export function ChangeDialog({ kind, user, onClosed }: ChangeDialogProps) {
  return (
    <Dialog title={`${KINDS[kind].title} ${user.username}`} onClosed={onClosed}>
      {(close) => <ChangeForm kind={kind} user={user} close={close} />}
    </Dialog>
  );
}

function doneMessage({
  kind,
  points,
  username,
}: {
  kind: keyof typeof KINDS;
  points: number;
  username: string;
}): string {
  const amount = `${count(points)} ${points === 1 ? 'point' : 'points'}`;
  return kind === 'add' ? `Added ${amount} to ${username}.` : `Spent ${amount} of ${username}.`;
}

function ChangeForm({ kind, user, close }: Omit<ChangeDialogProps, 'onClosed'> & { close: () => void }) {
  const { action, mutation } = KINDS[kind];
  const change = useChange(mutation);
  const form = useForm<{ points: number | string; reason: string }>({
    initialValues: { points: '', reason: '' },
    validate: { points: (points) => (Number(points) >= 1 ? null : 'Enter a whole number of at least 1.') },
  });
  const submit = form.onSubmit(async ({ points, reason }) => {
    const done = await change.send({ user: { id: user.id }, points: Number(points), reason: reason.trim() || null });
    if (!done) return;
    notifications.show({ message: doneMessage({ kind, points: Number(points), username: user.username }) });
    close();
  }, focusFirstError(form));
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {user.points != null && (
          <Text size="sm" c="dimmed">
            {user.username} has {count(user.points)} now.
          </Text>
        )}
        <NumberInput
          label="Points"
          min={1}
          max={MOST_EXACT}
          allowDecimal={false}
          allowNegative={false}
          thousandSeparator=","
          hideControls
          inputMode="numeric"
          disabled={change.isUncertain}
          data-autofocus
          {...form.getInputProps('points')}
        />
        <Textarea
          label="Reason"
          description="It stays in the ledger, for good."
          maxLength={500}
          autosize
          minRows={2}
          disabled={change.isUncertain}
          {...form.getInputProps('reason')}
        />
        <ChangeFault change={change} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={change.isSending}>
            {change.isUncertain ? 'Send it again' : action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
