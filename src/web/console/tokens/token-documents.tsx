import { Button, Code, Paper, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { useId, useState } from 'react';
import type { TokenDetailsQuery } from '../../generated.js';
import { formatNumber } from '../display/format-number.js';
import { plainText } from '../display/plain-text.js';
import { operationTitle } from '../scopes/operation-title.js';

type Documents = NonNullable<TokenDetailsQuery['token']>['documents'];

const MAX_SHOWN = 20;

/** The operations that a token may run, each with its text. */
export function TokenDocuments({ documents }: { documents: Documents }) {
  const [isOpen, setOpen] = useState(false);
  const shown = isOpen ? documents : documents.slice(0, MAX_SHOWN);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="operations">
      <Title order={2} size="h6" mb={4} id="operations">
        Operations
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        The token runs these and no other.
      </Text>
      <Stack gap="sm">
        {shown.map((document) => (
          <TokenDocument key={document.hash} document={document} />
        ))}
        {documents.length > MAX_SHOWN && (
          <div>
            <Button variant="default" size="compact-sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isOpen ? 'Show fewer' : `Show all ${formatNumber(documents.length)}`}
            </Button>
          </div>
        )}
      </Stack>
    </Paper>
  );
}

function TokenDocument({ document: { hash, text } }: { document: Documents[number] }) {
  const [isOpen, setOpen] = useState(false);
  const textId = useId();
  const title = operationTitle(text);
  return (
    <div>
      <Text size="sm" ff="monospace" className="scrip-name">
        {title}
      </Text>
      <Text size="xs" c="dimmed" className="scrip-name">
        SHA-256 {hash}
      </Text>
      <UnstyledButton
        className="scrip-toggle"
        aria-expanded={isOpen}
        {...(isOpen && { 'aria-controls': textId })}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? 'Hide text' : 'Show text'}
        <span className="scrip-visually-hidden"> of {title}</span>
      </UnstyledButton>
      {isOpen && (
        <Code block id={textId} mt={4} className="scrip-report">
          {plainText(text)}
        </Code>
      )}
    </div>
  );
}
