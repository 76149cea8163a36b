import { ActionIcon, Code, CopyButton, Group } from '@mantine/core';
import { Check, Copy } from 'lucide-react';

/** An id, with a button that copies it. */
export function CopyableId({ id, of }: { id: string; of: string }) {
  return (
    <Group gap={4} component="span" wrap="nowrap" display="inline-flex">
      <Code className="scrip-name">{id}</Code>
      {/* Browsers offer the clipboard to https and to this machine alone. */}
      {window.isSecureContext && (
        <CopyButton value={id} timeout={2_000}>
          {({ copied, copy }) => (
            <ActionIcon
              variant="subtle"
              size="sm"
              aria-label={copied ? 'Copied' : `Copy the id of ${of}`}
              onClick={copy}
            >
              {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
            </ActionIcon>
          )}
        </CopyButton>
      )}
    </Group>
  );
}
