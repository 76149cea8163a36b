import { ToolbarButton, useGraphiQL } from '@graphiql/react';
import { deepLinkTo } from './deep-link.js';
import { redact } from './redact.js';

/** Copies a link that opens the operation of this tab, without the token of the panel and without credentials. */
export function CopyLinkButton() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const operationName = useGraphiQL((state) => state.operationName);
  const copy = async () => {
    const query = queryEditor?.getValue() ?? '';
    const redacted = redact({ query, variables: variableEditor?.getValue() ?? '' });
    if (!redacted) {
      window.alert('The link was not copied. Correct the syntax of the operation and its variables first.');
      return;
    }
    const link = deepLinkTo({ ...redacted, operationName });
    if (window.isSecureContext) await navigator.clipboard.writeText(link);
    else window.prompt('Copy this link', link);
  };
  return (
    <ToolbarButton onClick={copy} label="Copy a link to this operation, without passwords and tokens">
      <svg
        className="graphiql-toolbar-icon"
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        aria-hidden="true"
      >
        <path d="M10 14a4 4 0 0 0 5.7 0l3.5-3.5a4 4 0 0 0-5.7-5.7L12.5 5.9M14 10a4 4 0 0 0-5.7 0l-3.5 3.5a4 4 0 0 0 5.7 5.7l1-1.1" />
      </svg>
    </ToolbarButton>
  );
}
