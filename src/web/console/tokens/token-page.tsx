import { Anchor, Button, Paper, Table, Text } from '@mantine/core';
import { KeyRound, RotateCw, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { scopeLabel } from '../../../auth/scope.js';
import { TokenDetailsDocument, type TokenDetailsQuery } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { CopyableId } from '../display/copyable-id.js';
import { ErrorAlert } from '../display/error-alert.js';
import { Loading } from '../display/loading.js';
import { Name } from '../display/name.js';
import { plainText } from '../display/plain-text.js';
import { Timestamp } from '../display/timestamp.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { Page } from '../page/page.js';
import { useScopes } from '../scopes/use-scopes.js';
import { RevokeDialog } from './revoke-dialog.js';
import { RotateDialog } from './rotate-dialog.js';
import type { TokenAction } from './token-row.js';
import { TokenStateMark } from './token-state-mark.js';

type Token = NonNullable<TokenDetailsQuery['token']>;

/** The details of one token. */
export function TokenPage({ id }: { id: string }) {
  const { data, error, isFetching, refetch } = useApiQuery(TokenDetailsDocument, { id }, { types: 'Token' });
  if (data?.token) return <TokenDetails token={data.token} />;
  return (
    <Page title="Token">
      {isFetching && <Loading h={240} />}
      <ErrorAlert error={error} retry={refetch} />
      {!isFetching && !error && (
        <EmptyMessage icon={KeyRound} title="Token not found" description="Check the address or search all tokens." />
      )}
    </Page>
  );
}

function TokenDetails({ token }: { token: Token }) {
  const [action, setAction] = useState<TokenAction>();
  const close = () => setAction(undefined);
  return (
    <Page
      title={plainText(token.name)}
      description={<TokenStateMark state={token.state} />}
      actions={
        token.state === 'ACTIVE' && (
          <>
            <Button
              variant="default"
              leftSection={<RotateCw size={16} aria-hidden />}
              onClick={() => setAction('rotate')}
            >
              Rotate
            </Button>
            <Button color="red.9" leftSection={<Trash2 size={16} aria-hidden />} onClick={() => setAction('revoke')}>
              Revoke
            </Button>
          </>
        )
      }
    >
      <Facts token={token} />
      <Scopes scopes={token.scopes.map(scopeLabel)} />
      {action === 'rotate' && <RotateDialog token={token} onClosed={close} />}
      {action === 'revoke' && <RevokeDialog token={token} onClosed={close} />}
    </Page>
  );
}

function Facts({ token }: { token: Token }) {
  const { id, hint, format, owner, issuedBy, issuedAt, lastUsedAt, expiresAt, revokedAt } = token;
  return (
    <Paper withBorder className="scrip-list">
      <Table variant="vertical" layout="fixed" aria-label="Details">
        <Table.Tbody>
          <Fact label="ID">
            <CopyableId id={id} of="the token" />
          </Fact>
          <Fact label="Secret">
            <Text size="sm" ff="monospace" className="scrip-name">
              {hint}
            </Text>
          </Fact>
          <Fact label="Format">{format === 'JWT' ? 'JWT' : 'Opaque'}</Fact>
          <Fact label="Owner">
            <Name href={`/users/${owner.id}`}>{owner.username}</Name>
          </Fact>
          <Fact label="Issued by">
            {issuedBy ? <Name href={`/users/${issuedBy.id}`}>{issuedBy.username}</Name> : 'Command line'}
          </Fact>
          <Fact label="Issued">
            <Timestamp at={issuedAt} />
          </Fact>
          <Fact label="Last used">{lastUsedAt ? <Timestamp at={lastUsedAt} /> : 'Never'}</Fact>
          <Fact label="Changes">
            <Anchor component={Link} href={`/points?token=${id}`} size="sm">
              Latest changes of points
            </Anchor>
          </Fact>
          <Fact label="Expires">{expiresAt ? <Timestamp at={expiresAt} /> : 'Never'}</Fact>
          {revokedAt && (
            <Fact label="Revoked">
              <Timestamp at={revokedAt} />
            </Fact>
          )}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={120}>{label}</Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}

function Scopes({ scopes }: { scopes: readonly string[] }) {
  const all = useScopes().flatMap((group) => group.scopes);
  return (
    <Paper withBorder className="scrip-list">
      <Table aria-label="Scopes" verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Scope</Table.Th>
            <Table.Th>Allows</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {all
            .filter(({ scope }) => scopes.includes(scope))
            .map(({ scope, description }) => (
              <Table.Tr key={scope}>
                <Table.Td>
                  <Text size="sm" ff="monospace">
                    {scope}
                  </Text>
                </Table.Td>
                <Table.Td>{description}</Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
