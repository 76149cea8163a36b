import type { GraphQLFormattedError } from 'graphql';
import { scopeLabel } from '../../auth/scope.js';
import type { GraphQLResult } from '../shared/send-operation.js';

/** Why the server refused an operation to its caller. Scopes read `points:add`. */
export type Denial =
  | { readonly kind: 'no token' }
  | { readonly kind: 'bad token' }
  | { readonly kind: 'narrow token'; readonly missing: readonly string[]; readonly required: readonly string[] };

/** Finds the denial that an answer reports, over all of its errors. */
export function findDenial({ errors = [] }: GraphQLResult): Denial | undefined {
  const missing = scopesIn(errors, 'missingScopes');
  if (missing.size > 0) {
    const required = scopesIn(errors, 'requiredScopes');
    return { kind: 'narrow token', missing: [...missing], required: [...new Set([...required, ...missing])] };
  }
  const refusal = errors.find(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED');
  if (!refusal) return undefined;
  return { kind: refusal.extensions?.['reason'] === 'TOKEN_MISSING' ? 'no token' : 'bad token' };
}

function scopesIn(errors: readonly GraphQLFormattedError[], key: string): Set<string> {
  const scopes = errors.flatMap(({ extensions }) => extensions?.[key] ?? []);
  return new Set(scopes.map((scope) => scopeLabel(String(scope))));
}
