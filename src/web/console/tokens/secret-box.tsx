import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { Check, ExternalLink } from 'lucide-react';
import { openGraphiql } from '../../shared/token-handover.js';
import { CopyField } from '../display/copy-field.js';
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
        <CopyField label="Secret" value={secret} />
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
