import { Button, Group, TextInput } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { CopyButton } from './copy-button.js';

/** A secret or a key that was just made, with a button that copies it, which takes the focus of its dialog. */
export function CopyField({ label, value }: { label: string; value: string }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <TextInput
        readOnly
        aria-label={label}
        flex={1}
        miw={0}
        styles={{
          input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13, lineHeight: 'normal' },
        }}
        value={value}
        onFocus={({ currentTarget }) => currentTarget.select()}
      />
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button
            onClick={copy}
            data-autofocus
            leftSection={copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
