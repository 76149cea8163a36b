import { Alert } from '@mantine/core';
import { ErrorAlert, MessageAlert } from '../display/error-alert.js';
import { shortage } from './shortage.js';
import type { ChangeOutcome } from './use-change.js';

interface ChangeErrorProps {
  outcome: ChangeOutcome;
  /** The name of the user whose points the change takes. */
  payer: string;
}

/** Shows why a change of points was refused, or that its outcome is unknown. */
export function ChangeError({ outcome, payer }: ChangeErrorProps) {
  if (outcome.kind === 'REFUSED') {
    const text = shortage(outcome.error, payer);
    return text === undefined ? <ErrorAlert error={outcome.error} /> : <MessageAlert>{text}</MessageAlert>;
  }
  if (outcome.kind !== 'UNKNOWN') return null;
  return (
    <Alert color="orange" role="alert" title="No response from the server">
      The change may have been made. Retry to find out: however often you retry, it is made only once.
    </Alert>
  );
}
