import { type GraphiQLPlugin, UnStyledButton, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import type { Example } from './example.js';
import { EXAMPLES } from './examples.js';
import { ScopeList } from './scope-list.js';

/** A list of example operations. Each opens in a new tab. */
export const EXAMPLES_PLUGIN: GraphiQLPlugin = { title: 'Examples', icon: BulbIcon, content: ExamplesPanel };

function ExamplesPanel() {
  const { addTab } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const isReady = queryEditor !== undefined && variableEditor !== undefined;
  const open = ({ query, variables }: Example) => {
    addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables ? JSON.stringify(variables, null, 2) : '');
  };

  return (
    <section className="scrip-panel" aria-label="Examples">
      <h2>Examples</h2>
      <p className="scrip-hint">Each example opens in a new tab. The labels are the scopes that it needs.</p>
      <ul className="scrip-examples">
        {EXAMPLES.map((example) => (
          <li key={example.title}>
            <UnStyledButton type="button" disabled={!isReady} onClick={() => open(example)}>
              <span>{example.title}</span>
              <ScopeList scopes={example.scopes} />
            </UnStyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}

function BulbIcon() {
  return (
    <svg
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M7 15.5h6M8 18.5h4M6.8 12.8a6.2 6.2 0 1 1 6.4 0c-.5.3-.7.7-.7 1.2v1.5h-5V14c0-.5-.2-.9-.7-1.2Z" />
    </svg>
  );
}
