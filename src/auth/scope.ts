/** Every scope as it reads in JWTs, headers and on the command line, in the order of the schema's enum `Scope`. */
export const SCOPES = [
  'users:read',
  'users:write',
  'users:link',
  'posts:read',
  'posts:write',
  'points:read',
  'points:add',
  'points:spend',
  'points:reverse',
  'points:transfer',
  'tokens:read',
  'tokens:issue',
  'tokens:revoke',
  'audit:read',
  'webhooks:read',
  'webhooks:write',
] as const;

/** What a credential may do. */
export type Scope = (typeof SCOPES)[number];

/** The scope's name in GraphQL: `points:add` is `POINTS_ADD`. */
export function scopeName(scope: Scope): string {
  return scope.toUpperCase().replace(':', '_');
}

/** The scope as it reads outside GraphQL: `POINTS_ADD` is `points:add`. */
export function scopeLabel(name: string): string {
  return name.toLowerCase().replace('_', ':');
}

/** The scope that has a name in GraphQL. */
export function scopeNamed(name: string): Scope {
  const scope = SCOPES.find((candidate) => scopeName(candidate) === name);
  if (scope === undefined) throw new Error(`The schema names a scope that the code does not know: ${name}.`);
  return scope;
}

/** Whether a text is, to the letter, one of the scopes. */
export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

/** The same scopes, each once, in the enum's order. */
export function inOrder(scopes: Iterable<Scope>): Scope[] {
  const held = new Set(scopes);
  return SCOPES.filter((scope) => held.has(scope));
}
