import { useState } from 'react';
import { Dialog } from '../shell/dialog.js';
import { IssueForm } from './issue-form.js';
import { type IssuedSecret, SecretBox } from './secret-box.js';

interface IssueDialogProps {
  /** The scopes to begin with. */
  scopes: readonly string[];
  owner?: string;
  onClosed: () => void;
}

/** Asks what a new token is to be, then shows its secret. */
export function IssueDialog({ scopes, owner, onClosed }: IssueDialogProps) {
  const [issued, setIssued] = useState<IssuedSecret>();
  return (
    <Dialog
      title={issued ? 'The token is issued' : 'Issue a token'}
      size={issued ? 'lg' : 'xl'}
      isModal
      onClosed={onClosed}
    >
      {(close) =>
        issued ? (
          <SecretBox issued={issued} onDone={close} />
        ) : (
          <IssueForm scopes={scopes} owner={owner} onIssued={setIssued} onCancel={close} />
        )
      }
    </Dialog>
  );
}
