import { useGraphiQL } from '@graphiql/react';
import type { ReactNode } from 'react';
import { basePath } from '../shared/base-path.js';
import { Command } from './command.js';
import { type Denial, findDenial } from './denial.js';
import { ScopeList } from './scope-list.js';

/** Below a response that denies access: what is missing and how to get it. */
export function DenialHint() {
  const response = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.response);
  const denial = response ? readDenial(response) : undefined;
  switch (denial?.kind) {
    case 'TOKEN_MISSING':
      return <Hint title="This operation needs a token.">Paste one into the Token panel (key icon).</Hint>;
    case 'TOKEN_REJECTED':
      return <Hint title="The server does not accept this token.">Paste another one into the Token panel.</Hint>;
    case 'SCOPES_MISSING':
      return (
        <Hint title={denial.missing.length > 1 ? 'The token lacks these scopes:' : 'The token lacks a scope:'}>
          <ScopeList scopes={denial.missing} />
          <p>
            <a href={`${basePath}/console/tokens?issue=${denial.required.join(',')}`} target="_blank" rel="noopener">
              Issue a token with the required scopes
            </a>
            , or run on the server:
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
    return undefined; // GraphiQL also shows its own errors here, as text
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
