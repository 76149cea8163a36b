import { Button } from '@mantine/core';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { type TokenRowFragment, type TokenState, TokensDocument, type TokensQuery } from '../../generated.js';
import { EmptyMessage } from '../lists/empty-message.js';
import type { Column } from '../lists/list.js';
import { PagedList } from '../lists/paged-list.js';
import { RevokeDialog } from './revoke-dialog.js';
import { RotateDialog } from './rotate-dialog.js';
import { TOKEN_CSV, TOKEN_ORDERS } from './token-csv.js';
import { type TokenAction, TokenRow } from './token-row.js';

const PAGE_SIZE = 100;

const COLUMNS: readonly Column[] = [
  { title: 'Name' },
  { title: 'Owner', from: 'md' },
  { title: 'Scopes', from: 'sm' },
  { title: 'Last used', from: 'sm' },
  { title: 'Expires', from: 'lg' },
  { title: 'State', from: 'sm' },
  { title: 'Actions' },
];

interface TokenListProps {
  owner?: string | undefined;
  state?: TokenState | undefined;
  search?: string | undefined;
  onIssue: () => void;
}

/** Tokens, newest first, with what can be done to each. */
export function TokenList({ owner, state, search, onIssue }: TokenListProps) {
  const [deed, setDeed] = useState<{ kind: TokenAction; token: TokenRowFragment }>();
  const done = () => setDeed(undefined);
  const filter = { owner: owner ? { username: owner } : null, state: state ?? null, search: search ?? null };
  return (
    <>
      <PagedList
        label="Tokens"
        columns={COLUMNS}
        source={{
          query: TokensDocument,
          variables: (after) => ({ first: PAGE_SIZE, after, ...filter }),
          page: ({ tokens }: TokensQuery) => tokens,
        }}
        types="Token"
        sheet={TOKEN_CSV}
        orders={TOKEN_ORDERS}
        empty={<NoTokens {...{ owner, state, search, onIssue }} />}
      >
        {(token) => <TokenRow key={token.id} token={token} onDeed={(kind) => setDeed({ kind, token })} />}
      </PagedList>
      {deed?.kind === 'rotate' && <RotateDialog token={deed.token} onClosed={done} />}
      {deed?.kind === 'revoke' && <RevokeDialog token={deed.token} onClosed={done} />}
    </>
  );
}

function NoTokens({ owner, state, search, onIssue }: TokenListProps) {
  return (
    <EmptyMessage
      icon={KeyRound}
      title={state === undefined ? 'No tokens' : `No ${state.toLowerCase()} tokens`}
      description={whyNone({ owner, search })}
    >
      {state !== 'EXPIRED' && state !== 'REVOKED' && <Button onClick={onIssue}>Issue a token</Button>}
    </EmptyMessage>
  );
}

function whyNone({ owner, search }: Pick<TokenListProps, 'owner' | 'search'>): string {
  if (search) return `No name of a token or an owner here contains “${search}”.`;
  return owner ? `None here belongs to ${owner}.` : 'An application that is to use the API needs one.';
}
