import { Button } from '@mantine/core';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { type TokenRowFragment, type TokenState, TokensDocument, type TokensQuery } from '../../generated.js';
import { EmptyMessage } from '../lists/empty-message.js';
import type { Column } from '../lists/list.js';
import { PagedList } from '../lists/paged-list.js';
import { useHeldScopes } from '../scopes/use-held-scopes.js';
import { TOKEN_CSV, TOKEN_ORDERS } from './token-csv.js';
import { TokenDialog } from './token-dialog.js';
import { type RowAction, TokenRow } from './token-row.js';

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

/** Tokens, newest first, with the actions on each. */
export function TokenList({ owner, state, search, onIssue }: TokenListProps) {
  const [dialog, setDialog] = useState<{ action: RowAction; token: TokenRowFragment }>();
  const held = useHeldScopes();
  const close = () => setDialog(undefined);
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
        csv={TOKEN_CSV}
        orders={TOKEN_ORDERS}
        empty={<NoTokens {...{ owner, state, search, onIssue }} />}
      >
        {(token) => (
          <TokenRow key={token.id} token={token} held={held} onAction={(action) => setDialog({ action, token })} />
        )}
      </PagedList>
      {dialog && <TokenDialog {...dialog} onClosed={close} />}
    </>
  );
}

function NoTokens({ owner, state, search, onIssue }: TokenListProps) {
  return (
    <EmptyMessage
      icon={KeyRound}
      title={state === undefined ? 'No tokens' : `No ${state.toLowerCase()} tokens`}
      description={emptyReason({ owner, search })}
    >
      {(state === undefined || state === 'ACTIVE') && <Button onClick={onIssue}>Issue a token</Button>}
    </EmptyMessage>
  );
}

function emptyReason({ owner, search }: Pick<TokenListProps, 'owner' | 'search'>): string {
  if (search) return `No token or owner name contains “${search}”.`;
  return owner ? `${owner} owns no such tokens.` : 'Applications need a token to call the API.';
}
