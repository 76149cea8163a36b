import { Code, Group } from '@mantine/core';

/** So many that a row stays a row. */
const MOST = 3;

/** Scopes, as they read outside GraphQL; behind the first few there is how many more. */
export function ScopeBadges({ scopes, most = MOST }: { scopes: readonly string[]; most?: number }) {
  const shown = scopes.length > most + 1 ? scopes.slice(0, most) : scopes;
  const more = scopes.slice(shown.length);
  return (
    <Group gap={4} component="span">
      {shown.map((scope) => (
        <Code key={scope}>{scope}</Code>
      ))}
      {more.length > 0 && (
        <span className="scrip-more" title={more.join(', ')}>
          <span aria-hidden="true">+{more.length}</span>
          <span className="scrip-unseen">{more.join(', ')}</span>
        </span>
      )}
    </Group>
  );
}
