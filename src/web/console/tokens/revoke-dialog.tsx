import { Code } from '@mantine/core';
import { useMutation } from 'urql';
import { RevokeTokenDocument, type TokenRowFragment } from '../../generated.js';
import { isolatedText, plainText } from '../display/plain-text.js';
import { Timestamp } from '../display/timestamp.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';

const DAY_MILLISECONDS = 86_400_000;

/** Revokes a token. By one that was used within a day, an application probably lives: its name has to be typed. */
export function RevokeDialog({ token, onClosed }: { token: TokenRowFragment; onClosed: () => void }) {
  const { id, name, lastUsedAt } = token;
  const [, revoke] = useMutation(RevokeTokenDocument);
  const usedAt = lastUsedAt && Date.now() - Date.parse(lastUsedAt) < DAY_MILLISECONDS ? lastUsedAt : undefined;
  return (
    <ConfirmDialog
      title={`Revoke “${isolatedText(name)}”?`}
      action="Revoke"
      isDanger
      word={usedAt ? { text: plainText(name), label: <InUse name={name} usedAt={usedAt} /> } : undefined}
      run={() => revoke({ input: { id } })}
      done={`“${isolatedText(name)}” is revoked, on every node.`}
      onClosed={onClosed}
    >
      Whatever sends this token is refused from now on, and its open subscriptions end. This cannot be undone.
    </ConfirmDialog>
  );
}

function InUse({ name, usedAt }: { name: string; usedAt: string }) {
  return (
    <>
      It was used <Timestamp at={usedAt} isInline />. Type <Code className="scrip-name">{plainText(name)}</Code> to
      revoke it all the same
    </>
  );
}
