import { Alert, Button, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { Check, Copy, ExternalLink } from 'lucide-react';
import { openGraphiql } from '../../shared/token-handover.js';
import { isolatedText } from '../display/plain-text.js';

/** A secret in the only moment in which it can be seen. */
export interface IssuedSecret {
  readonly secret: string;
  /** Of its token. */
  readonly name: string;
}

/** The secret, to be copied now, and what may come next. */
export function SecretBox({ issued: { secret, name }, onDone }: { issued: IssuedSecret; onDone: () => void }) {
  return (
    <Stack>
      <Alert
        color="green"
        icon={<Check size={18} aria-hidden />}
        title={`Copy the secret of “${isolatedText(name)}” now`}
      >
        <Text size="sm" mb="sm">
          It is shown this once. Nobody can show it again, you and the server included.
        </Text>
        <Group gap="xs" wrap="nowrap">
          <TextInput
            readOnly
            aria-label="Secret"
            flex={1}
            styles={{
              input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13, lineHeight: 'normal' },
            }}
            value={secret}
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
          {/* Browsers offer the clipboard to https and to this machine alone. */}
          {window.isSecureContext && (
            <CopyButton value={secret} timeout={3_000}>
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
          )}
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
          I have it, close
        </Button>
      </Group>
    </Stack>
  );
}
