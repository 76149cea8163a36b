/** Scopes, in the form `points:add`, as a row of labels. */
export function ScopeList({ scopes }: { scopes: readonly string[] }) {
  return (
    <span className="scrip-scopes">
      {scopes.map((scope) => (
        <code key={scope}>{scope}</code>
      ))}
    </span>
  );
}
