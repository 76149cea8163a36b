import { Anchor, Paper, Table, Text } from '@mantine/core';
import { KeyRound } from 'lucide-react';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { scopeLabel } from '../../../auth/scope.js';
import { TokenDetailsDocument, type TokenDetailsQuery } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { CodeBadges } from '../display/code-badges.js';
import { CopyableId } from '../display/copyable-id.js';
import { ErrorAlert } from '../display/error-alert.js';
import { FactRow, FactTable } from '../display/fact-table.js';
import { Loading } from '../display/loading.js';
import { Name } from '../display/name.js';
import { plainText } from '../display/plain-text.js';
import { Timestamp } from '../display/timestamp.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { Page } from '../page/page.js';
import { useScopes } from '../scopes/use-scopes.js';
import { TokenButtons } from './token-buttons.js';
import { TokenDocuments } from './token-documents.js';
import { TokenLimits } from './token-limits.js';
import { TokenStateMark } from './token-state-mark.js';
import { useTokenUsage } from './use-token-usage.js';

type Token = NonNullable<TokenDetailsQuery['token']>;

/** The details of one token. */
export function TokenPage({ id }: { id: string }) {
  const { data, error, isFetching, refetch } = useApiQuery(TokenDetailsDocument, { id }, { types: 'Token' });
  if (data?.token) return <TokenDetails token={data.token} refetch={refetch} />;
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

function TokenDetails({ token, refetch }: { token: Token; refetch: () => void }) {
  const { id, state, limits, documents } = token;
  const usage = useTokenUsage(id, state === 'ACTIVE' || state === 'PAUSED');
  const currentState = usage?.state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another state is a reason to read the token again.
  useEffect(() => {
    if (currentState !== undefined && currentState !== state) refetch();
  }, [currentState]);
  return (
    <Page
      title={plainText(token.name)}
      description={<TokenStateMark state={state} />}
      actions={<TokenButtons token={token} />}
    >
      <Facts token={{ ...token, lastUsedAt: usage?.lastUsedAt ?? token.lastUsedAt }} />
      {limits && <TokenLimits limits={limits} today={usage?.today} />}
      {documents.length > 0 && <TokenDocuments documents={documents} />}
      <Scopes scopes={token.scopes.map(scopeLabel)} />
    </Page>
  );
}

function Facts({ token }: { token: Token }) {
  const { id, hint, format, owner, issuedBy, issuedAt, lastUsedAt, expiresAt, pausedAt, revokedAt } = token;
  return (
    <FactTable label="Details">
      <FactRow label="ID">
        <CopyableId id={id} of="the token" />
      </FactRow>
      <FactRow label="Secret">
        <Text size="sm" ff="monospace" className="scrip-name">
          {hint}
        </Text>
      </FactRow>
      <FactRow label="Format">{format === 'JWT' ? 'JWT' : 'Opaque'}</FactRow>
      <FactRow label="Owner">
        <Name href={`/users/${owner.id}`}>{owner.username}</Name>
      </FactRow>
      <FactRow label="Issued by">
        {issuedBy ? <Name href={`/users/${issuedBy.id}`}>{issuedBy.username}</Name> : 'Command line'}
      </FactRow>
      <FactRow label="Issued">
        <Timestamp at={issuedAt} />
      </FactRow>
      <FactRow label="Last used">{lastUsedAt ? <Timestamp at={lastUsedAt} /> : 'Never'}</FactRow>
      <FactRow label="Changes">
        <Anchor component={Link} href={`/points?token=${id}`} size="sm">
          Latest changes of points
        </Anchor>
      </FactRow>
      <FactRow label="Expires">{expiresAt ? <Timestamp at={expiresAt} /> : 'Never'}</FactRow>
      {pausedAt && (
        <FactRow label="Paused">
          <Timestamp at={pausedAt} />
        </FactRow>
      )}
      {revokedAt && (
        <FactRow label="Revoked">
          <Timestamp at={revokedAt} />
        </FactRow>
      )}
      {!token.limits && <FactRow label="Limits">None</FactRow>}
      <FactRow label="Networks">{token.networks.length === 0 ? 'Any' : <CodeBadges texts={token.networks} />}</FactRow>
      {token.documents.length === 0 && <FactRow label="Operations">Any that the scopes allow</FactRow>}
    </FactTable>
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
