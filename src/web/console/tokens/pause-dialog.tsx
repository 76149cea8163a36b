import { useMutation } from 'urql';
import { PauseTokenDocument, ResumeTokenDocument, type TokenRowFragment } from '../../generated.js';
import { isolatedText } from '../display/plain-text.js';
import { ConfirmDialog } from '../forms/confirm-dialog.js';

interface PauseDialogProps {
  token: TokenRowFragment;
  onClosed: () => void;
}

/** Pauses a token. */
export function PauseDialog({ token: { id, name }, onClosed }: PauseDialogProps) {
  const [, pause] = useMutation(PauseTokenDocument);
  return (
    <ConfirmDialog
      title={`Pause “${isolatedText(name)}”?`}
      action="Pause"
      run={() => pause({ input: { id } })}
      done={`“${isolatedText(name)}” is paused.`}
      onClosed={onClosed}
    >
      Until the token is resumed, its requests will be rejected. Its open subscriptions will be closed.
    </ConfirmDialog>
  );
}

/** Resumes a paused token. */
export function ResumeDialog({ token: { id, name }, onClosed }: PauseDialogProps) {
  const [, resume] = useMutation(ResumeTokenDocument);
  return (
    <ConfirmDialog
      title={`Resume “${isolatedText(name)}”?`}
      action="Resume"
      run={() => resume({ input: { id } })}
      done={`“${isolatedText(name)}” is resumed.`}
      onClosed={onClosed}
    >
      Requests with this token will be accepted again.
    </ConfirmDialog>
  );
}
