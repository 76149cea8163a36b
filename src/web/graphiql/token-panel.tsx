import { Button, type GraphiQLPlugin } from '@graphiql/react';
import { useState } from 'react';
import { basePath } from '../shared/base-path.js';
import { useObservable } from '../shared/observable.js';
import { parseBearerToken, useBearerToken } from './bearer-token.js';
import { Command } from './command.js';
import { WhoAmI } from './who-am-i.js';

/** Sets the token that operations are sent with. */
export const TOKEN_PLUGIN: GraphiQLPlugin = { title: 'Token', icon: KeyIcon, content: TokenPanel };

const STATES = {
  set: 'Token set',
  none: 'No token: public fields only',
  malformed: 'Not a token: use only letters, digits and -._~+/=',
};

function TokenPanel() {
  const bearerToken = useBearerToken();
  const token = useObservable(bearerToken);
  const [text, setText] = useState(token ?? '');
  const change = (changed: string) => {
    setText(changed);
    bearerToken.set(parseBearerToken(changed));
  };
  const state = token !== undefined ? 'set' : text.trim() === '' ? 'none' : 'malformed';

  return (
    <section className="scrip-panel" aria-label="Token">
      <h2>Token</h2>
      <form className="scrip-token" autoComplete="off" onSubmit={(event) => event.preventDefault()}>
        <label htmlFor="scrip-token">Bearer token</label>
        <input
          id="scrip-token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder="scrip_app_…"
          value={text}
          aria-invalid={state === 'malformed'}
          aria-describedby="scrip-token-state"
          onChange={(event) => change(event.target.value)}
        />
        <Button type="button" disabled={text === ''} onClick={() => change('')}>
          Clear
        </Button>
      </form>
      <p id="scrip-token-state" className="scrip-state" data-state={state} role="status">
        {STATES[state]}
      </p>
      {token ? <WhoAmI key={token} token={token} /> : <TokenInstructions />}
      <p className="scrip-hint">
        Sent in the Authorization header of each operation. Kept until this tab is closed. Operations, variables and
        history are kept until the page is reloaded.
      </p>
    </section>
  );
}

function TokenInstructions() {
  return (
    <>
      <p>
        <a href={`${basePath}/console/tokens?issue=`} target="_blank" rel="noopener">
          Issue a token in the console
        </a>
        , or run on the server:
      </p>
      <Command text="scrip token issue --owner admin --name explorer --scopes users:read,points:read,points:add" />
    </>
  );
}

function KeyIcon() {
  return (
    <svg
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx="6" cy="14" r="4.5" />
      <path d="m9.2 10.8 9.3-9.3M14 6l3 3M11.5 8.5l2 2" />
    </svg>
  );
}
