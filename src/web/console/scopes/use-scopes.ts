import { SCOPES, scopeName } from '../../../auth/scope.js';
import { ScopesDocument } from '../../generated.js';
import { useApiQuery } from '../connection/use-api-query.js';

/** The scopes of one subject: `points:add` and its like under `points`. */
export interface ScopeGroup {
  readonly subject: string;
  readonly scopes: readonly { readonly scope: string; readonly sentence: string }[];
}

const subjectOf = (scope: string) => scope.split(':', 1)[0] ?? scope;

const SUBJECTS = [...new Set(SCOPES.map(subjectOf))];

/** Every scope by its subject, with what the schema says of it. */
export function useScopes(): readonly ScopeGroup[] {
  const { data } = useApiQuery(ScopesDocument, {});
  const sentences = new Map(data?.__type?.enumValues?.map(({ name, description }) => [name, description]));
  return SUBJECTS.map((subject) => ({
    subject,
    scopes: SCOPES.filter((scope) => subjectOf(scope) === subject).map((scope) => ({
      scope,
      sentence: sentences.get(scopeName(scope)) ?? '',
    })),
  }));
}
