import { useMutation } from 'urql';
import { UnlinkExternalIdDocument } from '../../generated.js';
import { isolatedText } from '../display/plain-text.js';
import { ConfirmDialog } from '../forms/confirm-dialog.js';
import { type ExternalId, externalIdText } from './external-id.js';
import type { UserDialogProps } from './user-dialog.js';

/** Unlinks an id in another system from its user. */
export function UnlinkDialog({ user, external, onClosed }: UserDialogProps & { external: ExternalId }) {
  const [, unlink] = useMutation(UnlinkExternalIdDocument);
  const { issuer, id } = external;
  const text = isolatedText(externalIdText(external));
  return (
    <ConfirmDialog
      title={`Unlink “${text}”?`}
      action="Unlink"
      isDanger
      run={() => unlink({ input: { external: { issuer, id } } })}
      done={`Unlinked ${text} from ${user.username}.`}
      onClosed={onClosed}
    >
      Applications that name {user.username} by this ID no longer find the user, and can create another user with it.
      The points and the ledger do not change. The ID can be linked again.
    </ConfirmDialog>
  );
}
