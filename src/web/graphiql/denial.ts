import type { GraphQLFormattedError } from 'graphql';
import { scopeLabel } from '../../auth/scope.js';
import type { GraphQLResult } from '../shared/send-operation.js';

/** Why the server denied an operation. Scopes have the form `points:add`. */
export type Denial =
  | { readonly kind: 'TOKEN_MISSING' }
  | { readonly kind: 'TOKEN_REJECTED' }
  | { readonly kind: 'SCOPES_MISSING'; readonly missing: readonly string[]; readonly required: readonly string[] };

/** Finds the denial in a response, over all of its errors. */
export function findDenial({ errors = [] }: GraphQLResult): Denial | undefined {
  const missing = scopesIn(errors, 'missingScopes');
  if (missing.size > 0) {
    const required = scopesIn(errors, 'requiredScopes');
    return { kind: 'SCOPES_MISSING', missing: [...missing], required: [...new Set([...required, ...missing])] };
  }
  const rejection = errors.find(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED');
  if (!rejection) return undefined;
  return { kind: rejection.extensions?.['reason'] === 'TOKEN_MISSING' ? 'TOKEN_MISSING' : 'TOKEN_REJECTED' };
}

function scopesIn(errors: readonly GraphQLFormattedError[], key: string): Set<string> {
  const scopes = errors.flatMap(({ extensions }) => extensions?.[key] ?? []);
  return new Set(scopes.map((scope) => scopeLabel(String(scope))));
}
