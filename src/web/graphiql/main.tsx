import './graphiql.css';
import 'graphiql/setup-workers/vite';
import { GraphiQL, type GraphiQLProps, HISTORY_PLUGIN } from 'graphiql';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { mountPoint } from '../shared/mount-point.js';
import { receiveToken } from '../shared/token-handover.js';
import { BearerTokenContext, parseBearerToken, restoreBearerToken } from './bearer-token.js';
import { CopyLinkButton } from './copy-link-button.js';
import { dropDeepLink, readDeepLink } from './deep-link.js';
import { DenialHint } from './denial-hint.js';
import { WELCOME } from './examples.js';
import { EXAMPLES_PLUGIN } from './examples-panel.js';
import { createFetcher } from './fetcher.js';
import { LinkedOperation } from './linked-operation.js';
import { createStorage } from './storage.js';
import { SystemTheme } from './system-theme.js';
import { TOKEN_PLUGIN } from './token-panel.js';

const PLUGINS = [TOKEN_PLUGIN, EXAMPLES_PLUGIN, HISTORY_PLUGIN];
const storage = createStorage();
const link = readDeepLink();
const linked: Partial<GraphiQLProps> = link ? { initialQuery: link.query, initialVariables: link.variables } : {};
// GraphiQL stores the open panel, or that none is open, under this key.
const isFirstVisit = localStorage.getItem('graphiql:visiblePlugin') === null;
const greeting: Partial<GraphiQLProps> = isFirstVisit && window.innerWidth > 900 ? { visiblePlugin: TOKEN_PLUGIN } : {};

const bearerToken = restoreBearerToken();
const fetcher = createFetcher(bearerToken);
const received = await receiveToken();
if (received !== undefined) bearerToken.set(parseBearerToken(received));

createRoot(mountPoint()).render(
  <StrictMode>
    <BearerTokenContext value={bearerToken}>
      <GraphiQL
        fetcher={fetcher}
        storage={storage}
        plugins={PLUGINS}
        defaultQuery={WELCOME}
        defaultEditorToolsVisibility
        isHeadersEditorEnabled={false} // the Token panel sends the header
        shouldPersistHeaders={false}
        onEditQuery={dropDeepLink}
        onEditVariables={dropDeepLink}
        {...linked}
        {...greeting}
      >
        <GraphiQL.Logo>
          <h1 className="scrip-logo">Scrip API</h1>
        </GraphiQL.Logo>
        <GraphiQL.Toolbar>
          {({ prettify, merge, copy }) => (
            <>
              {prettify}
              {merge}
              {copy}
              <CopyLinkButton />
            </>
          )}
        </GraphiQL.Toolbar>
        <GraphiQL.Footer>
          <DenialHint />
        </GraphiQL.Footer>
        <SystemTheme />
        {link?.operationName && <LinkedOperation name={link.operationName} />}
      </GraphiQL>
    </BearerTokenContext>
  </StrictMode>,
);
