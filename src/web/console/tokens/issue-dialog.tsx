import { useState } from 'react';
import { Dialog } from '../forms/dialog.js';
import { IssueForm } from './issue-form.js';
import { type IssuedSecret, SecretBox } from './secret-box.js';

interface IssueDialogProps {
  /** The scopes that are selected at first. */
  scopes: readonly string[];
  owner?: string;
  onClosed: () => void;
}

/** Issues a token, then shows its secret. */
export function IssueDialog({ scopes, owner, onClosed }: IssueDialogProps) {
  const [issued, setIssued] = useState<IssuedSecret>();
  const [isDirty, setDirty] = useState(false);
  return (
    <Dialog
      title={issued ? 'Token issued' : 'Issue a token'}
      size={issued ? 'lg' : 'xl'}
      isPersistent={issued !== undefined || isDirty}
      onClosed={onClosed}
    >
      {(close) =>
        issued ? (
          <SecretBox issued={issued} onDone={close} />
        ) : (
          <IssueForm scopes={scopes} owner={owner} onIssued={setIssued} onDirty={setDirty} onCancel={close} />
        )
      }
    </Dialog>
  );
}
