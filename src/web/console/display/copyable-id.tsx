import { ActionIcon, Code, Group } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { CopyButton } from './copy-button.js';

/** An ID with a button that copies it. */
export function CopyableId({ id, of }: { id: string; of: string }) {
  return (
    <Group gap={4} component="span" wrap="nowrap" display="inline-flex">
      <Code className="scrip-name">{id}</Code>
      <CopyButton value={id}>
        {({ copied, copy }) => (
          <ActionIcon variant="subtle" size="sm" aria-label={copied ? 'Copied' : `Copy the ID of ${of}`} onClick={copy}>
            {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </Group>
  );
}
