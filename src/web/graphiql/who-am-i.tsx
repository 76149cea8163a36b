import { print } from 'graphql';
import { useEffect, useState } from 'react';
import { scopeLabel } from '../../auth/scope.js';
import { WhoAmIDocument, type WhoAmIQuery } from '../generated.js';
import { sendOperation } from '../shared/send-operation.js';
import { ScopeList } from './scope-list.js';

type Viewer = NonNullable<WhoAmIQuery['viewer']>;
type Finding = { state: 'asking' } | { state: 'known'; viewer: Viewer } | { state: 'refused'; message: string };

/** Long enough that a token typed letter by letter is not asked about, and refused, once per letter. */
const TYPING_PAUSE_MILLISECONDS = 300;

/** Says whom the server takes the bearer of this token for. */
export function WhoAmI({ token }: { token: string }) {
  const [finding, setFinding] = useState<Finding>({ state: 'asking' });

  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      askWhoAmI(token, abort.signal).then(setFinding, () => undefined); // rejects only when aborted
    }, TYPING_PAUSE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [token]);

  switch (finding.state) {
    case 'asking':
      return <p className="scrip-hint">Asking the server…</p>;
    case 'refused':
      return <p className="scrip-refusal">{finding.message}</p>;
    case 'known':
      return <Caller viewer={finding.viewer} />;
  }
}

function Caller({ viewer: { token, user, scopes, expiresAt } }: { viewer: Viewer }) {
  return (
    <dl className="scrip-facts">
      <dt>Credential</dt>
      <dd>
        {token ? (
          <>
            App token{' '}
            <a href={`/console/tokens?search=${encodeURIComponent(token.name)}`} target="_blank" rel="noopener">
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

async function askWhoAmI(token: string, signal: AbortSignal): Promise<Finding> {
  const { data, errors } = await sendOperation({ query: print(WhoAmIDocument) }, { token, signal });
  // The server validates the document against the schema that its type was generated from.
  const viewer = (data as WhoAmIQuery | null | undefined)?.viewer;
  return viewer ? { state: 'known', viewer } : { state: 'refused', message: errors?.[0]?.message ?? 'No answer.' };
}
