import { Alert, Anchor, Button, Code, Group, Stack, Text } from '@mantine/core';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import type { WebhookKeyFragment } from '../../generated.js';
import { CopyField } from '../display/copy-field.js';

interface KeyBoxProps {
  made: WebhookKeyFragment;
  /** What follows for the former keys, in a sentence. */
  note?: string | undefined;
  /** A button beside "Done". */
  children?: ReactNode;
  onDone: () => void;
}

/** Shows the new key of a webhook, a secret only this once, and what the receiver needs it for. */
export function KeyBox({ made: { webhook, secret }, note, children, onDone }: KeyBoxProps) {
  const key = secret ?? webhook.publicKey;
  return (
    <Stack>
      <Alert
        color="green"
        icon={<Check size={18} aria-hidden />}
        title={secret === null ? 'Give the receiver this public key' : 'Copy the secret now'}
      >
        <Text size="sm" mb="sm">
          {secret === null
            ? 'It is not secret, and stays on the page of the webhook.'
            : 'The secret is shown only once and cannot be recovered. The receiver needs it.'}
        </Text>
        {key !== null && <CopyField label={secret === null ? 'Public key' : 'Secret'} value={key} />}
      </Alert>
      <Text size="sm">
        With it, the receiver verifies the header <Code>webhook-signature</Code> of each message, as in{' '}
        <Anchor
          inherit
          underline="always"
          href="https://www.standardwebhooks.com"
          target="_blank"
          rel="noopener noreferrer"
        >
          Standard Webhooks
        </Anchor>{' '}
        ({secret === null ? 'Ed25519, v1a' : 'HMAC-SHA256, v1'}). It responds with a status of 2xx within 15 seconds,
        and ignores a <Code>webhook-id</Code> that it has received before.
        {note && ` ${note}`}
      </Text>
      <Group justify={children ? 'space-between' : 'flex-end'}>
        {children}
        <Button variant="default" onClick={onDone}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
