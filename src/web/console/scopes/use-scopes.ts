import { SCOPES, scopeName } from '../../../auth/scope.js';
import { ScopesDocument } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';

/** The scopes of one resource: `points:add`, `points:spend` and others of `points`. */
interface ScopeGroup {
  readonly resource: string;
  readonly scopes: readonly { readonly scope: string; readonly description: string }[];
}

const resourceOf = (scope: string) => scope.split(':', 1)[0] ?? scope;

const RESOURCES = [...new Set(SCOPES.map(resourceOf))];

/** Every scope, grouped by resource, with its description from the schema. */
export function useScopes(): readonly ScopeGroup[] {
  const { data } = useApiQuery(ScopesDocument, {});
  const descriptions = new Map(data?.__type?.enumValues?.map(({ name, description }) => [name, description]));
  return RESOURCES.map((resource) => ({
    resource,
    scopes: SCOPES.filter((scope) => resourceOf(scope) === resource).map((scope) => ({
      scope,
      description: descriptions.get(scopeName(scope)) ?? '',
    })),
  }));
}
