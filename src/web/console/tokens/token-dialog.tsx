import type { TokenRowFragment } from '../../generated.js';
import { PauseDialog, ResumeDialog } from './pause-dialog.js';
import { RevokeDialog } from './revoke-dialog.js';
import { RotateDialog } from './rotate-dialog.js';
import type { TokenAction } from './token-actions.js';

interface TokenDialogProps {
  action: Exclude<TokenAction, 'edit'>;
  token: TokenRowFragment;
  onClosed: () => void;
}

/** The dialog for an action on a token. */
export function TokenDialog({ action, ...dialog }: TokenDialogProps) {
  switch (action) {
    case 'pause':
      return <PauseDialog {...dialog} />;
    case 'resume':
      return <ResumeDialog {...dialog} />;
    case 'rotate':
      return <RotateDialog {...dialog} />;
    case 'revoke':
      return <RevokeDialog {...dialog} />;
  }
}
