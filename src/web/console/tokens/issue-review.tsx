import { Alert, Text } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { isScope } from '../../../auth/scope.js';
import { Fact } from '../display/facts.js';
import { formatNumber } from '../display/format-number.js';
import { plainText } from '../display/plain-text.js';
import { useRequiredScopes } from '../scopes/use-required-scopes.js';
import { expiryLabel } from './expiry.js';
import { type IssueValues, inputOf } from './issue-values.js';
import { LIMITS } from './limits.js';

/** What is about to be issued. */
export function IssueReview({ values }: { values: IssueValues }) {
  const { name, owner, format, operations, scopes, limits } = values;
  const { networks, documents } = inputOf(values);
  const given = LIMITS.filter(({ key }) => limits[key] !== '');
  const chosen = [...scopes].filter(isScope);
  const isUnlimited = given.length === 0 && networks === null && documents === null;
  return (
    <>
      <dl className="scrip-facts">
        <Fact label="Name">
          <bdi>{plainText(name.trim())}</bdi>
        </Fact>
        <Fact label="Owner">{owner ?? 'You'}</Fact>
        <Fact label="Format">{format === 'JWT' ? 'JWT' : 'Opaque'}</Fact>
        <Fact label="Expires">{expiryLabel(values)}</Fact>
        <Fact label="Operations">
          {operations.isOnly ? `Only the ${countOf(operations.documents.length, 'operation')} entered` : 'Any'}
        </Fact>
        <Fact label="Scopes">
          {chosen.length > 0 ? chosen.join(', ') : <RequiredScopes documents={operations.documents} />}
        </Fact>
        {given.length === 0 && <Fact label="Limits">None</Fact>}
        {given.map(({ key, label }) => (
          <Fact key={key} label={label}>
            {`At most ${formatNumber(Number(limits[key]))}`}
          </Fact>
        ))}
        <Fact label="Networks">{networks?.join(', ') ?? 'Any'}</Fact>
      </dl>
      {!isUnlimited && (
        <Text size="sm" c="dimmed">
          A token with limits, networks or operations cannot issue tokens, set passwords or give roles.
        </Text>
      )}
      {isUnlimited && chosen.some(changesPoints) && (
        <Alert color="yellow" icon={<TriangleAlert size={18} aria-hidden />}>
          This token can change any number of points from anywhere. Consider a limit or a network.
        </Alert>
      )}
    </>
  );
}

function RequiredScopes({ documents }: { documents: readonly string[] }) {
  const scopes = useRequiredScopes(documents);
  if (scopes === undefined) return <>Those that the operations require</>;
  return <>{scopes.length === 0 ? 'The operations require none. Select one.' : scopes.join(', ')}</>;
}

const changesPoints = (scope: string) => ['points:add', 'points:spend', 'points:transfer'].includes(scope);

function countOf(count: number, noun: string): string {
  return `${formatNumber(count)} ${count === 1 ? noun : `${noun}s`}`;
}
