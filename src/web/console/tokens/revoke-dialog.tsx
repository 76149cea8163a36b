import { useMutation } from 'urql';
import { RevokeTokenDocument, type TokenRowFragment } from '../../generated.js';
import { isolatedText, plainText } from '../display/plain-text.js';
import { Timestamp } from '../display/timestamp.js';
import { ConfirmDialog } from '../forms/confirm-dialog.js';

const DAY_MILLISECONDS = 86_400_000;

/** Revokes a token. If it was used within a day, its name must be typed: an application probably depends on it. */
export function RevokeDialog({ token, onClosed }: { token: TokenRowFragment; onClosed: () => void }) {
  const { id, name, lastUsedAt } = token;
  const [, revoke] = useMutation(RevokeTokenDocument);
  const usedAt = lastUsedAt && Date.now() - Date.parse(lastUsedAt) < DAY_MILLISECONDS ? lastUsedAt : undefined;
  return (
    <ConfirmDialog
      title={`Revoke “${isolatedText(name)}”?`}
      action="Revoke"
      isDanger
      confirmation={usedAt ? { text: plainText(name), note: <LastUse at={usedAt} /> } : undefined}
      run={() => revoke({ input: { id } })}
      done={`“${isolatedText(name)}” is revoked.`}
      onClosed={onClosed}
    >
      Requests with this token will be rejected, and its open subscriptions will be closed. This cannot be undone.
    </ConfirmDialog>
  );
}

function LastUse({ at }: { at: string }) {
  return (
    <>
      It was last used <Timestamp at={at} isInline />.
    </>
  );
}
