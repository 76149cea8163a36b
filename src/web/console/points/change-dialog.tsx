import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { AddPointsDocument, SpendPointsDocument } from '../../generated.js';
import { pointsInWords } from '../display/points-in-words.js';
import { FormDialog } from '../forms/form-dialog.js';
import { AvailableText, type Balance } from './available-text.js';
import { ChangeError } from './change-error.js';
import { PointsField, validatePoints } from './points-field.js';
import { ReasonField } from './reason-field.js';
import { ReferenceField } from './reference-field.js';
import { useChange } from './use-change.js';

const KINDS = {
  add: { title: 'Add points to', action: 'Add points', mutation: AddPointsDocument },
  spend: { title: 'Spend points of', action: 'Spend points', mutation: SpendPointsDocument },
} as const;

interface ChangeDialogProps {
  kind: keyof typeof KINDS;
  user: { id: string; username: string } & Balance;
  onClosed: () => void;
}

/** Adds points to a user or spends them. */
export function ChangeDialog({ kind, user, onClosed }: ChangeDialogProps) {
  const { title, action, mutation } = KINDS[kind];
  const change = useChange(mutation);
  const isUnknown = change.outcome.kind === 'UNKNOWN';
  const form = useForm<{ points: number | string; reason: string; reference: string }>({
    initialValues: { points: '', reason: '', reference: '' },
    validate: { points: validatePoints },
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
      error={<ChangeError outcome={change.outcome} payer={user.username} />}
      onClosed={onClosed}
    >
      <AvailableText balance={user} />
      <PointsField disabled={isUnknown} data-autofocus {...form.getInputProps('points')} />
      <ReasonField disabled={isUnknown} {...form.getInputProps('reason')} />
      <ReferenceField disabled={isUnknown} {...form.getInputProps('reference')} />
    </FormDialog>
  );
}

function doneMessage(kind: keyof typeof KINDS, points: number, username: string): string {
  const amount = pointsInWords(points);
  return kind === 'add' ? `Added ${amount} to ${username}.` : `Spent ${amount} of ${username}.`;
}
