import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { Check, Copy, ExternalLink } from 'lucide-react';
import { openGraphiql } from '../../shared/token-handover.js';
import { CopyButton } from '../display/copy-button.js';
import { isolatedText } from '../display/plain-text.js';

/** A secret that was just issued. */
export interface IssuedSecret {
  readonly secret: string;
  /** Name of the token. */
  readonly name: string;
}

/** Shows a new secret once, with buttons that copy it and open GraphiQL. */
export function SecretBox({ issued: { secret, name }, onDone }: { issued: IssuedSecret; onDone: () => void }) {
  return (
    <Stack>
      <Alert
        color="green"
        icon={<Check size={18} aria-hidden />}
        title={`Copy the secret of “${isolatedText(name)}” now`}
      >
        <Text size="sm" mb="sm">
          The secret is shown only once and cannot be recovered.
        </Text>
        <Group gap="xs" wrap="nowrap">
          <TextInput
            readOnly
            aria-label="Secret"
            flex={1}
            miw={0}
            styles={{
              input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13, lineHeight: 'normal' },
            }}
            value={secret}
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
          <CopyButton value={secret}>
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
      </Alert>
      <Group justify="space-between">
        <Button
          variant="default"
          leftSection={<ExternalLink size={16} aria-hidden />}
          onClick={() => openGraphiql(secret)}
        >
          Open in GraphiQL with this token
        </Button>
        <Button variant="default" onClick={onDone}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
