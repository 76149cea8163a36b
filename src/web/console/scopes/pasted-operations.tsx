import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { GraphQLError, Kind, parse } from 'graphql';
import { useState } from 'react';
import { type Client, useClient } from 'urql';
import { scopeLabel } from '../../../auth/scope.js';
import { RequiredScopesDocument } from '../../generated.js';

type Finding = { scopes: string[]; operations: number } | { problem: string };

/** Asks the server what the operations of an application require, and ticks just that. */
export function PastedOperations({ onFound }: { onFound: (scopes: readonly string[]) => void }) {
  const client = useClient();
  const [text, setText] = useState('');
  const [finding, setFinding] = useState<Finding>();
  const [isAsking, setAsking] = useState(false);
  const ask = async () => {
    setAsking(true);
    const found = await findScopes(client, text);
    setAsking(false);
    setFinding(found);
    if ('scopes' in found) onFound(found.scopes);
  };
  return (
    <Stack gap="xs">
      <Textarea
        label="The operations that your application runs"
        description="Nothing runs: the server only says which scopes they require."
        placeholder="mutation Reward($input: AddPointsInput!) { addPoints(input: $input) { message } }"
        autosize
        minRows={4}
        maxRows={12}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        error={finding && 'problem' in finding && finding.problem}
      />
      <Group gap="sm">
        <Button variant="default" size="xs" loading={isAsking} disabled={text.trim() === ''} onClick={() => void ask()}>
          Tick what they require
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {finding && 'scopes' in finding && summary(finding)}
        </Text>
      </Group>
    </Stack>
  );
}

function summary({ scopes, operations }: { scopes: string[]; operations: number }): string {
  const who = operations === 1 ? 'The operation requires' : `The ${operations} operations require`;
  return scopes.length === 0 ? `${who} no scope.` : `${who} ${scopes.join(', ')}.`;
}

async function findScopes(client: Client, document: string): Promise<Finding> {
  try {
    const operations = parse(document).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    if (operations.length === 0) return { problem: 'There is no operation in this.' };
    const names = operations.map((operation) => ('name' in operation ? operation.name?.value : undefined));
    const answers = await Promise.all(
      names.map((operationName) =>
        client.query(RequiredScopesDocument, { document, operationName: operationName ?? null }),
      ),
    );
    const error = answers.find((answer) => answer.error)?.error;
    if (error) return { problem: error.graphQLErrors[0]?.message ?? 'The server does not answer.' };
    const scopes = new Set(answers.flatMap(({ data }) => data?.requiredScopes?.scopes ?? []).map(scopeLabel));
    return { scopes: [...scopes], operations: operations.length };
  } catch (error) {
    return { problem: error instanceof GraphQLError ? error.message : 'This is no GraphQL document.' };
  }
}
