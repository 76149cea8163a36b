import type { Client } from 'urql';
import { scopeLabel } from '../../../auth/scope.js';
import {
  RequiredScopesDocument,
  type RequiredScopesQuery,
  type RequiredScopesQueryVariables,
} from '../../generated.js';

type Requirement = NonNullable<RequiredScopesQuery['requiredScopes']>;

/**
 * Asks the server which scopes operations require.
 *
 * @throws {CombinedError} The server refuses one of them, or did not respond.
 */
export async function readRequiredScopes(
  client: Client,
  operations: readonly RequiredScopesQueryVariables[],
): Promise<readonly string[]> {
  const results = await Promise.all(operations.map((operation) => client.query(RequiredScopesDocument, operation)));
  const error = results.find((result) => result.error)?.error;
  if (error) throw error;
  return sufficientScopes(results.flatMap(({ data }) => data?.requiredScopes ?? []));
}

/** Scopes that meet every requirement: of several of which one is enough the first, unless another one is required. */
export function sufficientScopes(requirements: readonly Requirement[]): readonly string[] {
  const scopes = new Set(requirements.flatMap((requirement) => requirement.scopes));
  for (const [first, ...others] of requirements.flatMap(({ anyScopes }) => anyScopes)) {
    if (first !== undefined && !others.some((scope) => scopes.has(scope))) scopes.add(first);
  }
  return [...scopes].map(scopeLabel);
}
