import { print } from 'graphql';
import { useEffect, useState } from 'react';
import { scopeLabel } from '../../auth/scope.js';
import { WhoAmIDocument, type WhoAmIQuery } from '../generated.js';
import { basePath } from '../shared/base-path.js';
import { sendOperation } from '../shared/send-operation.js';
import { ScopeList } from './scope-list.js';

type Viewer = NonNullable<WhoAmIQuery['viewer']>;
type TokenCheck =
  | { state: 'CHECKING' }
  | { state: 'ACCEPTED'; viewer: Viewer }
  | { state: 'REJECTED'; message: string };

/** Avoids one request, and one rejection, per letter while a token is typed. */
const DEBOUNCE_MILLISECONDS = 300;

/** Shows the principal of a token: kind, user and scopes. */
export function WhoAmI({ token }: { token: string }) {
  const [check, setCheck] = useState<TokenCheck>({ state: 'CHECKING' });

  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      checkToken(token, abort.signal).then(setCheck, () => undefined); // rejects only when aborted
    }, DEBOUNCE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [token]);

  switch (check.state) {
    case 'CHECKING':
      return <p className="scrip-hint">Checking the token…</p>;
    case 'REJECTED':
      return <p className="scrip-rejection">{check.message}</p>;
    case 'ACCEPTED':
      return <PrincipalDetails viewer={check.viewer} />;
  }
}

function PrincipalDetails({ viewer: { token, user, scopes, expiresAt } }: { viewer: Viewer }) {
  return (
    <dl className="scrip-facts">
      <dt>Credential</dt>
      <dd>
        {token ? (
          <>
            App token{' '}
            <a
              href={`${basePath}/console/tokens?search=${encodeURIComponent(token.name)}`}
              target="_blank"
              rel="noopener"
            >
              {token.name}
            </a>
          </>
        ) : (
          'Session'
        )}
      </dd>
      <dt>{token ? 'Owner' : 'User'}</dt>
      <dd>{user.username}</dd>
      <dt>Expires</dt>
      <dd>{expiresAt ? new Date(expiresAt).toLocaleString() : 'Never'}</dd>
      <dt>Scopes</dt>
      <dd>
        <ScopeList scopes={scopes.map(scopeLabel)} />
      </dd>
    </dl>
  );
}

async function checkToken(token: string, signal: AbortSignal): Promise<TokenCheck> {
  const { data, errors } = await sendOperation({ query: print(WhoAmIDocument) }, { token, signal });
  // The server validates the document against the schema that its type was generated from.
  const viewer = (data as WhoAmIQuery | null | undefined)?.viewer;
  return viewer
    ? { state: 'ACCEPTED', viewer }
    : { state: 'REJECTED', message: errors?.[0]?.message ?? 'The server did not respond.' };
}
