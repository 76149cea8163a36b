import type { CompiledSchema } from '../compile/compile-schema.js';
import { holds, kindOf, NONE, type Permissions } from '../compile/permissions.js';
import { permissionsOf } from '../compile/requirement.js';
import { quoteList } from './quote-list.js';
import { requirementTable } from './requirement-table.js';

/**
 * The whole policy as a Markdown table: a row for each field and each protected argument or input field, a column for
 * each scope. ● is a scope that is required, ◐ one of several of which one is required; ○ and ◌ are the same, where the owner
 * needs none.
 */
export function matrixOf(
  { schema, requirements }: Pick<CompiledSchema, 'schema' | 'requirements'>,
  scopeLabel: (name: string) => string,
): string {
  const isChoice = (needed: Permissions, scope: Permissions) =>
    requirements.choices.some(({ permission, members }) => holds(needed, permission) && holds(members, scope));
  const header = ['coordinate', 'credential', ...requirements.scopes.map((scope) => quoteList([scopeLabel(scope)]))];
  const rows = [...requirementTable(schema, requirements)].flatMap(([coordinate, { kind, requirement }]) => {
    const all = permissionsOf(requirement);
    if (kind === 'TYPE' || (kind === 'INPUT' && all === NONE)) return [];
    const marks = requirements.scopes.map((scope) => {
      const permission = requirements.permission(scope);
      if (holds(requirement.needs, permission)) return '●';
      if (holds(all, permission)) return '○';
      if (isChoice(requirement.needs, permission)) return '◐';
      return isChoice(all, permission) ? '◌' : '';
    });
    return [[quoteList([coordinate]), credentialOf(all), ...marks]];
  });
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function credentialOf(permissions: Permissions): string {
  const kind = kindOf(permissions);
  if (kind !== undefined) return kind === 'APP' ? 'app token' : 'session';
  return permissions === NONE ? 'none' : 'any';
}
