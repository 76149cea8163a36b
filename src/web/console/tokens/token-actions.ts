import { scopeLabel } from '../../../auth/scope.js';
import type { TokenRowFragment } from '../../generated.js';

/** What an administrator can do to a token. */
export type TokenAction = 'edit' | 'pause' | 'resume' | 'rotate' | 'revoke';

interface Rule {
  readonly action: TokenAction;
  readonly states: readonly TokenRowFragment['state'][];
  readonly scopes: readonly string[];
  /** Whether the caller must hold every scope of the token. */
  readonly givesAccess: boolean;
}

const RULES: readonly Rule[] = [
  { action: 'edit', states: ['ACTIVE', 'PAUSED'], scopes: ['tokens:issue'], givesAccess: true },
  { action: 'pause', states: ['ACTIVE'], scopes: ['tokens:revoke'], givesAccess: false },
  { action: 'resume', states: ['PAUSED'], scopes: ['tokens:issue', 'tokens:revoke'], givesAccess: true },
  { action: 'rotate', states: ['ACTIVE'], scopes: ['tokens:issue', 'tokens:revoke'], givesAccess: true },
  { action: 'revoke', states: ['ACTIVE', 'PAUSED'], scopes: ['tokens:revoke'], givesAccess: false },
];

/** The actions that a token in its state allows, and a caller with these scopes may do. */
export function actionsOn(
  { state, scopes }: Pick<TokenRowFragment, 'state' | 'scopes'>,
  held: ReadonlySet<string>,
): TokenAction[] {
  return RULES.filter(
    (rule) =>
      rule.states.includes(state) &&
      rule.scopes.every((scope) => held.has(scope)) &&
      (!rule.givesAccess || scopes.every((scope) => held.has(scopeLabel(scope)))),
  ).map(({ action }) => action);
}
