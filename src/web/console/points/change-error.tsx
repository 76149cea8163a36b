import { Alert } from '@mantine/core';
import { ErrorAlert } from '../display/error-alert.js';
import type { PendingChange } from './use-change.js';

/** Says why a change of points was refused, or that nobody knows yet. */
export function ChangeError({ change }: { change: Pick<PendingChange<never>, 'error' | 'isUncertain'> }) {
  if (!change.isUncertain) return <ErrorAlert error={change.error} />;
  return (
    <Alert color="orange" role="alert" title="No answer came">
      The change may have been made, or not. Send it again to find out: it is made once, however often it is sent.
    </Alert>
  );
}
