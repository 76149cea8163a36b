import { useGraphiQL } from '@graphiql/react';
import type { ReactNode } from 'react';
import { Command } from './command.js';
import { type Denial, findDenial } from './denial.js';
import { ScopeList } from './scope-list.js';

/** Below an answer that refuses the caller: what is missing, and how to get it. */
export function DenialHint() {
  const response = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.response);
  const denial = response ? readDenial(response) : undefined;
  switch (denial?.kind) {
    case 'no token':
      return <Hint title="This operation needs a token.">Put one into the Token panel: the key in the side bar.</Hint>;
    case 'bad token':
      return <Hint title="The server does not accept this token.">Put another one into the Token panel.</Hint>;
    case 'narrow token':
      return (
        <Hint title={denial.missing.length > 1 ? 'The token lacks these scopes:' : 'The token lacks a scope:'}>
          <ScopeList scopes={denial.missing} />
          <p>
            <a href={`/console/tokens?issue=${denial.required.join(',')}`} target="_blank" rel="noopener">
              Issue a token that may do just this
            </a>
            , or on the command line of the server:
          </p>
          <Command text={`scrip token issue --owner admin --name explorer --scopes ${denial.required.join(',')}`} />
        </Hint>
      );
    case undefined:
      return null;
  }
}

function readDenial(response: string): Denial | undefined {
  try {
    return findDenial(JSON.parse(response));
  } catch {
    return undefined; // GraphiQL writes the text of its own failures here, too
  }
}

function Hint({ title, children }: { title: string; children: ReactNode }) {
  return (
    <aside className="scrip-denial" aria-label="Denied">
      <strong>{title}</strong>
      {children}
    </aside>
  );
}
