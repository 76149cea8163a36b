/** Scopes as a row of labels; they read `points:add`. */
export function ScopeList({ scopes }: { scopes: readonly string[] }) {
  return (
    <span className="scrip-scopes">
      {scopes.map((scope) => (
        <code key={scope}>{scope}</code>
      ))}
    </span>
  );
}
