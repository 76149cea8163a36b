import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { GraphQLError, Kind, parse } from 'graphql';
import { useState } from 'react';
import { type Client, useClient } from 'urql';
import { scopeLabel } from '../../../auth/scope.js';
import { RequiredScopesDocument } from '../../generated.js';

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
    const results = await Promise.all(
      names.map((operationName) =>
        client.query(RequiredScopesDocument, { document, operationName: operationName ?? null }),
      ),
    );
    const error = results.find((result) => result.error)?.error;
    if (error) {
      return { kind: 'FAILED', message: error.graphQLErrors[0]?.message ?? 'The server did not respond.' };
    }
    const scopes = new Set(results.flatMap(({ data }) => data?.requiredScopes?.scopes ?? []).map(scopeLabel));
    return { kind: 'FOUND', scopes: [...scopes], operationCount: operations.length };
  } catch (error) {
    return { kind: 'FAILED', message: error instanceof GraphQLError ? error.message : 'This is not valid GraphQL.' };
  }
}
