import { Button } from '@graphiql/react';
import { useState } from 'react';

/** A command with a button that copies it. */
export function Command({ text }: { text: string }) {
  const [copied, setCopied] = useState<string>();
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  };
  return (
    <div className="scrip-command">
      <code>
        {text.split(/(?<=[ ,])/).map((word) => (
          <span key={word}>{word}</span>
        ))}
      </code>
      {/* Browsers offer the clipboard only in secure contexts. */}
      {window.isSecureContext && (
        <Button type="button" onClick={copy}>
          {copied === text ? 'Copied' : 'Copy'}
        </Button>
      )}
    </div>
  );
}
