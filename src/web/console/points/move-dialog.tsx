import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { MovePointsDocument } from '../../generated.js';
import { MessageAlert } from '../display/error-alert.js';
import { pointsInWords } from '../display/points-in-words.js';
import { FormDialog } from '../forms/form-dialog.js';
import { UserSelect } from '../forms/user-select.js';
import { AvailableText, type Balance } from './available-text.js';
import { ChangeError } from './change-error.js';
import { PointsField, validatePoints } from './points-field.js';
import { ReasonField } from './reason-field.js';
import { ReferenceField } from './reference-field.js';
import { type ChangeOutcome, useChange } from './use-change.js';

interface MoveDialogProps {
  /** The user who gives the points. */
  user: { id: string; username: string } & Balance;
  onClosed: () => void;
}

interface MoveValues {
  /** The name of the user who receives the points. */
  to: string | null;
  points: number | string;
  reason: string;
  reference: string;
}

/** Moves points from a user to another one. */
export function MoveDialog({ user, onClosed }: MoveDialogProps) {
  const { id, username } = user;
  const change = useChange(MovePointsDocument);
  const isUnknown = change.outcome.kind === 'UNKNOWN';
  const form = useForm<MoveValues>({
    initialValues: { to: null, points: '', reason: '', reference: '' },
    validate: { to: (to) => validateReceiver(to, username), points: validatePoints },
  });
  const submit = async ({ to, points, reason, reference }: MoveValues) => {
    const done = await change.send({
      from: { id },
      to: { username: to ?? '' },
      points: Number(points),
      reason: reason.trim() || null,
      reference: reference.trim() || null,
    });
    if (done) notifications.show({ message: `Moved ${pointsInWords(Number(points))} from ${username} to ${to}.` });
    return done !== undefined;
  };
  return (
    <FormDialog
      title={`Move points of ${username}`}
      action={isUnknown ? 'Retry' : 'Move points'}
      form={form}
      submit={submit}
      error={<MoveError outcome={change.outcome} from={username} to={form.values.to ?? ''} />}
      onClosed={onClosed}
    >
      <AvailableText balance={user} />
      <UserSelect
        label="To"
        placeholder="Select a user"
        disabled={isUnknown}
        data-autofocus
        {...form.getInputProps('to')}
      />
      <PointsField disabled={isUnknown} {...form.getInputProps('points')} />
      <ReasonField disabled={isUnknown} {...form.getInputProps('reason')} />
      <ReferenceField disabled={isUnknown} {...form.getInputProps('reference')} />
    </FormDialog>
  );
}

function validateReceiver(to: string | null, from: string): string | null {
  if (to === null) return 'Select a user.';
  return to === from ? 'Select another user: these are the points of this one.' : null;
}

function MoveError({ outcome, from, to }: { outcome: ChangeOutcome; from: string; to: string }) {
  const codes =
    outcome.kind === 'REFUSED' ? outcome.error.graphQLErrors.map(({ extensions }) => extensions['code']) : [];
  if (codes.includes('USER_NOT_FOUND')) {
    return <MessageAlert>{`${from} or ${to} no longer exists: the user was deleted or renamed.`}</MessageAlert>;
  }
  return <ChangeError outcome={outcome} payer={from} />;
}
