import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { GraphQLError, Kind, parse } from 'graphql';
import { useState } from 'react';
import { type Client, CombinedError, useClient } from 'urql';
import { readRequiredScopes } from './required-scopes.js';

type Lookup =
  | { readonly kind: 'IDLE' | 'RUNNING' }
  | { readonly kind: 'FOUND'; readonly scopes: readonly string[]; readonly operationCount: number }
  | { readonly kind: 'FAILED'; readonly message: string };

/** Asks the server which scopes the operations of an application require, and selects them. */
export function PastedOperations({ onFound }: { onFound: (scopes: readonly string[]) => void }) {
  const client = useClient();
  const [text, setText] = useState('');
  const [lookup, setLookup] = useState<Lookup>({ kind: 'IDLE' });
  const findScopes = async () => {
    setLookup({ kind: 'RUNNING' });
    const result = await requiredScopes(client, text);
    setLookup(result);
    if (result.kind === 'FOUND') onFound(result.scopes);
  };
  return (
    <Stack gap="xs">
      <Textarea
        label="Operations of your application"
        description="The operations are not executed. The server only returns the scopes that they require."
        placeholder="mutation Reward($input: AddPointsInput!) { addPoints(input: $input) { message } }"
        autosize
        minRows={4}
        maxRows={12}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        error={lookup.kind === 'FAILED' && lookup.message}
      />
      <Group gap="sm">
        <Button
          variant="default"
          size="xs"
          loading={lookup.kind === 'RUNNING'}
          disabled={text.trim() === ''}
          onClick={() => void findScopes()}
        >
          Select required scopes
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {lookup.kind === 'FOUND' && summaryOf(lookup)}
        </Text>
      </Group>
    </Stack>
  );
}

function summaryOf({ scopes, operationCount }: Extract<Lookup, { kind: 'FOUND' }>): string {
  const subject = operationCount === 1 ? 'The operation requires' : `The ${operationCount} operations require`;
  return scopes.length === 0 ? `${subject} no scope.` : `${subject} ${scopes.join(', ')}.`;
}

async function requiredScopes(client: Client, document: string): Promise<Lookup> {
  try {
    const operations = parse(document).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    if (operations.length === 0) return { kind: 'FAILED', message: 'Enter at least one operation.' };
    const names = operations.map((operation) => ('name' in operation ? operation.name?.value : undefined));
    const requested = names.map((operationName) => ({ document, operationName: operationName ?? null }));
    return {
      kind: 'FOUND',
      scopes: await readRequiredScopes(client, requested),
      operationCount: operations.length,
    };
  } catch (error) {
    return { kind: 'FAILED', message: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  if (error instanceof CombinedError) return error.graphQLErrors[0]?.message ?? 'The server did not respond.';
  return error instanceof GraphQLError ? error.message : 'This is not valid GraphQL.';
}
