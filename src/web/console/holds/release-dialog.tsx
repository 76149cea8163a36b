import { Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { type HoldRowFragment, ReleaseHoldDocument } from '../../generated.js';
import { holdTitle } from '../display/hold-title.js';
import { pointsInWords } from '../display/points-in-words.js';
import { FormDialog } from '../forms/form-dialog.js';
import { ChangeError } from '../points/change-error.js';
import { useChange } from '../points/use-change.js';

interface ReleaseDialogProps {
  hold: HoldRowFragment;
  onClosed: () => void;
}

/** Releases a hold. */
export function ReleaseDialog({ hold, onClosed }: ReleaseDialogProps) {
  const { id, points, user } = hold;
  const release = useChange(ReleaseHoldDocument);
  const form = useForm({ initialValues: {} });
  const submit = async () => {
    const done = await release.send({ hold: id });
    if (done) notifications.show({ message: `Released ${pointsInWords(points)} of ${user.username}.` });
    return done !== undefined;
  };
  return (
    <FormDialog
      title={`Release ${holdTitle(hold).toLowerCase()} of ${user.username}?`}
      action={release.outcome.kind === 'UNKNOWN' ? 'Retry' : 'Release'}
      form={form}
      submit={submit}
      error={<ChangeError outcome={release.outcome} payer={user.username} />}
      onClosed={onClosed}
    >
      <Text size="sm" className="scrip-name">
        {pointsInWords(points)} of {user.username} {points === 1 ? 'becomes' : 'become'} available again. The
        application that made the hold can no longer capture it. This cannot be undone.
      </Text>
    </FormDialog>
  );
}
