import { Button, FileButton, Group, Text, Textarea } from '@mantine/core';
import { FileText } from 'lucide-react';
import { splitOperations } from './split-operations.js';

interface OperationFieldProps {
  text: string;
  /** Called with a text, its operations, and what is wrong with it. */
  onChange: (text: string, documents: readonly string[], fault: string | null) => void;
  error: string | undefined;
  /** Path of the form field. */
  path: string;
}

/** A field for operations, which may be read from files. */
export function OperationField({ text, onChange, error, path }: OperationFieldProps) {
  const change = (next: string) => {
    const result = splitOperations(next);
    if (result.kind === 'VALID') onChange(next, result.documents, null);
    else onChange(next, [], result.message);
  };
  const readFiles = async (files: readonly File[]) => {
    const texts = await Promise.all(files.map((file) => file.text()));
    change([text, ...texts].filter((part) => part.trim() !== '').join('\n\n'));
  };
  const result = text.trim() === '' ? undefined : splitOperations(text);
  const count = result?.kind === 'VALID' ? result.documents.length : 0;
  return (
    <div>
      <Textarea
        label="Operations"
        description="The token runs these operations with their fragments, and no other. Layout and comments do not matter."
        placeholder="mutation Reward($input: AddPointsInput!) { addPoints(input: $input) { message } }"
        autosize
        minRows={4}
        maxRows={12}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        value={text}
        onChange={({ currentTarget }) => change(currentTarget.value)}
        error={error}
        data-path={path}
      />
      <Group gap="sm" mt="xs">
        <FileButton multiple accept=".graphql,.gql" onChange={(files) => void readFiles(files)}>
          {(props) => (
            <Button variant="default" size="xs" leftSection={<FileText size={14} aria-hidden />} {...props}>
              Add files
            </Button>
          )}
        </FileButton>
        <Text size="sm" c="dimmed" role="status">
          {count > 0 && `${count} ${count === 1 ? 'operation' : 'operations'}`}
        </Text>
      </Group>
    </div>
  );
}
