import { Alert, Button, Group, List, Text } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import type { CombinedError } from 'urql';
import { scopeLabel } from '../../../auth/scope.js';
import { CodeBadges } from './code-badges.js';

interface ErrorAlertProps {
  /** undefined: no error, and nothing is shown. */
  error: CombinedError | undefined;
  retry?: () => void;
}

/** Shows one error message. */
export function MessageAlert({ children }: { children: string | undefined }) {
  if (children === undefined) return null;
  return (
    <Alert color="red" role="alert" icon={<CircleAlert size={18} aria-hidden />}>
      {children}
    </Alert>
  );
}

/** Shows the server's error messages, and the scopes that were missing. */
export function ErrorAlert({ error, retry }: ErrorAlertProps) {
  if (!error) return null;
  const messages = [...new Set(error.graphQLErrors.map(messageOf))];
  const missing = new Set(error.graphQLErrors.flatMap(missingScopesOf));
  return (
    <Alert
      color="red"
      role="alert"
      icon={<CircleAlert size={18} aria-hidden />}
      title={messages.length > 1 && 'Errors'}
    >
      {messages.length > 1 ? (
        <List size="sm">
          {messages.map((message) => (
            <List.Item key={message}>{message}</List.Item>
          ))}
        </List>
      ) : (
        <Text size="sm">{messages[0] ?? 'The server did not respond.'}</Text>
      )}
      {missing.size > 0 && (
        <Group gap="xs" mt="xs">
          <Text size="sm">Missing scopes:</Text>
          <CodeBadges texts={[...missing]} />
        </Group>
      )}
      {retry && (
        <Button variant="default" size="compact-sm" mt="sm" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

type GraphQLError = CombinedError['graphQLErrors'][number];

function messageOf({ message, extensions: { requestId, retryAfterSeconds } }: GraphQLError): string {
  if (requestId) return `${message} Request ID: ${requestId}`;
  return retryAfterSeconds ? `${message} Try again in ${retryAfterSeconds} s.` : message;
}

function missingScopesOf({ extensions: { missingScopes } }: GraphQLError): string[] {
  return Array.isArray(missingScopes) ? missingScopes.map((scope) => scopeLabel(String(scope))) : [];
}
