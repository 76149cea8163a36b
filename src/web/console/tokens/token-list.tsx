import { Button } from '@mantine/core';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { type TokenRowFragment, type TokenState, TokensDocument } from '../../generated.js';
import { type Column, List } from '../reading/list.js';
import { Nothing } from '../reading/nothing.js';
import { Rows } from '../reading/rows.js';
import { type OpenPages, usePages } from '../reading/use-pages.js';
import { useRead } from '../reading/use-read.js';
import { RevokeDialog } from './revoke-dialog.js';
import { RotateDialog } from './rotate-dialog.js';
import { type TokenDeed, TokenRow } from './token-row.js';

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
  const pages = usePages();
  const [deed, setDeed] = useState<{ kind: TokenDeed; token: TokenRowFragment }>();
  const done = () => setDeed(undefined);
  return (
    <>
      <List label="Tokens" columns={COLUMNS}>
        {pages.afters.map((after) => (
          <TokenRows
            key={after}
            {...{ pages, after, owner, state, search, onIssue }}
            onDeed={(kind, token) => setDeed({ kind, token })}
          />
        ))}
      </List>
      {deed?.kind === 'rotate' && <RotateDialog token={deed.token} onClosed={done} />}
      {deed?.kind === 'revoke' && <RevokeDialog token={deed.token} onClosed={done} />}
    </>
  );
}

interface TokenRowsProps extends TokenListProps {
  pages: OpenPages;
  after: string | null;
  onDeed: (deed: TokenDeed, token: TokenRowFragment) => void;
}

function TokenRows({ pages, after, owner, state, search, onIssue, onDeed }: TokenRowsProps) {
  const reading = useRead(
    TokensDocument,
    {
      first: PAGE_SIZE,
      after,
      owner: owner ? { username: owner } : null,
      state: state ?? null,
      search: search ?? null,
    },
    { types: 'Token' },
  );
  return (
    <Rows
      {...{ reading, pages, after }}
      page={reading.data?.tokens}
      empty={
        <Nothing
          icon={KeyRound}
          title={state === undefined ? 'No tokens' : `No ${state.toLowerCase()} tokens`}
          description={whyNone({ owner, search })}
        >
          {state !== 'EXPIRED' && state !== 'REVOKED' && <Button onClick={onIssue}>Issue a token</Button>}
        </Nothing>
      }
    >
      {(token) => <TokenRow key={token.id} token={token} onDeed={onDeed} />}
    </Rows>
  );
}

function whyNone({ owner, search }: Pick<TokenListProps, 'owner' | 'search'>): string {
  if (search) return `No name of a token or an owner here contains “${search}”.`;
  return owner ? `None here belongs to ${owner}.` : 'An application that is to use the API needs one.';
}
