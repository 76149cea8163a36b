import { SCOPES, scopeLabel } from '../../../auth/scope.js';
import { HeldScopesDocument } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';

/** The scopes of the session. Until they are read every scope, as administrators have. */
export function useHeldScopes(): ReadonlySet<string> {
  const { data } = useApiQuery(HeldScopesDocument, {}, { types: 'User' });
  return new Set(data?.viewer?.scopes.map(scopeLabel) ?? SCOPES);
}
