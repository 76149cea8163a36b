import { ActionIcon, Code, Group } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { CopyButton } from './copy-button.js';

/** An ID with a button that copies it. */
export function CopyableId({ id, of }: { id: string; of: string }) {
  return <CopyableCode text={id} label={`Copy the ID of ${of}`} />;
}

/** Text for a machine, with a button that copies it. */
export function CopyableCode({ text, label }: { text: string; label: string }) {
  return (
    <Group gap={4} component="span" wrap="nowrap" display="inline-flex">
      <Code className="scrip-name">{text}</Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <ActionIcon variant="subtle" size="sm" aria-label={copied ? 'Copied' : label} onClick={copy}>
            {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </Group>
  );
}
