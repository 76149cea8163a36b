import { NumberInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { AddPointsDocument, SpendPointsDocument } from '../../generated.js';
import { formatNumber } from '../display/format-number.js';
import { FormDialog } from '../forms/form-dialog.js';
import { ChangeError } from './change-error.js';
import { MAX_POINTS } from './format-sum.js';
import { ReasonField } from './reason-field.js';
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

/** Adds points to a user or spends them. */
export function ChangeDialog({ kind, user, onClosed }: ChangeDialogProps) {
  const { title, action, mutation } = KINDS[kind];
  const change = useChange(mutation);
  const isUnknown = change.outcome.kind === 'UNKNOWN';
  const form = useForm<{ points: number | string; reason: string; reference: string }>({
    initialValues: { points: '', reason: '', reference: '' },
    validate: { points: (points) => (Number(points) >= 1 ? null : 'Enter a whole number of at least 1.') },
  });
  const submit = async ({ points, reason, reference }: typeof form.values) => {
    const done = await change.send({
      user: { id: user.id },
      points: Number(points),
      reason: reason.trim() || null,
      reference: reference.trim() || null,
    });
    if (done) notifications.show({ message: doneMessage(kind, Number(points), user.username) });
    return done !== undefined;
  };
  return (
    <FormDialog
      title={`${title} ${user.username}`}
      action={isUnknown ? 'Retry' : action}
      form={form}
      submit={submit}
      error={<ChangeError outcome={change.outcome} />}
      onClosed={onClosed}
    >
      {user.points != null && (
        <Text size="sm" c="dimmed" className="scrip-name">
          Current balance: {formatNumber(user.points)}
        </Text>
      )}
      <NumberInput
        label="Points"
        min={1}
        max={MAX_POINTS}
        allowDecimal={false}
        allowNegative={false}
        thousandSeparator=","
        hideControls
        inputMode="numeric"
        disabled={isUnknown}
        data-autofocus
        {...form.getInputProps('points')}
      />
      <ReasonField disabled={isUnknown} {...form.getInputProps('reason')} />
      <TextInput
        label="Reference"
        description="Optional. What the change belongs to in another system, such as an order number. The ledger can be searched by it."
        maxLength={100}
        autoComplete="off"
        spellCheck={false}
        disabled={isUnknown}
        {...form.getInputProps('reference')}
      />
    </FormDialog>
  );
}

function doneMessage(kind: keyof typeof KINDS, points: number, username: string): string {
  const amount = `${formatNumber(points)} ${points === 1 ? 'point' : 'points'}`;
  return kind === 'add' ? `Added ${amount} to ${username}.` : `Spent ${amount} of ${username}.`;
}
