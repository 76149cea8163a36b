import { Alert } from '@mantine/core';
import { ErrorAlert } from '../display/error-alert.js';
import type { ChangeOutcome } from './use-change.js';

/** Shows why a change of points was refused, or that its outcome is unknown. */
export function ChangeError({ outcome }: { outcome: ChangeOutcome }) {
  if (outcome.kind !== 'UNKNOWN') return <ErrorAlert error={outcome.kind === 'REFUSED' ? outcome.error : undefined} />;
  return (
    <Alert color="orange" role="alert" title="No response from the server">
      The change may have been made. Retry to find out: however often you retry, it is made only once.
    </Alert>
  );
}
