import type { GraphQLSchema } from 'graphql';
import { APP_TOKEN, holds, NONE, type Permissions, SESSION } from '../compile/permissions.js';
import { permissionsOf, type Requirement, Requirements } from '../compile/requirement.js';
import { type Rules, readRules } from '../compile/rule.js';
import { sentenceOf } from './requirement-sentence.js';
import { requirementTable } from './requirement-table.js';

/** How one coordinate changed, in sentences. */
export interface PolicyChange {
  readonly coordinate: string;
  readonly before: string;
  readonly after: string;
}

/** The coordinates, present in both schemas, whose requirement changed. One that traded a scope for another is in both lists. */
export interface PolicyDifference {
  /** Some caller is allowed who was denied before. */
  readonly looser: readonly PolicyChange[];
  /** Some caller is denied who was allowed before. */
  readonly tighter: readonly PolicyChange[];
}

/**
 * Compares two policies, coordinate by coordinate, after all rules are added up: a rule that leaves a type loosens each
 * of its fields. A different owner path counts as both, because the schema does not show who gains by it.
 *
 * @throws {Error} where one of the policies does not compile.
 */
export function diffPolicies(schemas: {
  readonly before: GraphQLSchema;
  readonly after: GraphQLSchema;
  readonly scopeLabel: (name: string) => string;
}): PolicyDifference {
  const [before, after] = [readPolicy(schemas.before), readPolicy(schemas.after)];
  const looser: PolicyChange[] = [];
  const tighter: PolicyChange[] = [];
  for (const [coordinate, { requirement: current }] of after.table) {
    const previous = before.table.get(coordinate)?.requirement;
    if (!previous) continue;
    const [oldPaths, newPaths] = [ownerPathsOf(previous, before), ownerPathsOf(current, after)];
    const isOwnerMoved = oldPaths !== '' && newPaths !== '' && oldPaths !== newPaths;
    const describe = (requirement: Requirement, { requirements }: ReadPolicy, paths: string) =>
      (sentenceOf(requirement, { requirements, scopeLabel: schemas.scopeLabel }) ?? 'Public.') +
      (isOwnerMoved ? ` Owner: ${paths}.` : '');
    const change = {
      coordinate,
      before: describe(previous, before, oldPaths),
      after: describe(current, after, newPaths),
    };
    const [old, now] = [demandsOf(previous, before), demandsOf(current, after)];
    if (isOwnerMoved || old.some((demand, caller) => admitsMore(now[caller], demand))) looser.push(change);
    if (isOwnerMoved || old.some((demand, caller) => admitsMore(demand, now[caller]))) tighter.push(change);
  }
  return { looser, tighter };
}

interface ReadPolicy {
  readonly rules: Rules;
  readonly requirements: Requirements;
  readonly table: ReturnType<typeof requirementTable>;
}

function readPolicy(schema: GraphQLSchema): ReadPolicy {
  const rules = readRules(schema);
  const requirements = new Requirements(rules);
  return { rules, requirements, table: requirementTable(schema, requirements) };
}

function ownerPathsOf({ ownerRules }: Requirement, { rules }: ReadPolicy): string {
  return ownerRules.map(({ coordinate }) => rules.byCoordinate.get(coordinate)?.owner ?? '').join();
}

/** What a caller of some kind needs: a scope of each of these lists. NEVER: no scope helps. */
type Demand = readonly (readonly string[])[] | 'NEVER';

/** What a requirement demands of: an anonymous caller, an app, a user, a user who is the owner. */
function demandsOf(requirement: Requirement, { requirements }: ReadPolicy): readonly Demand[] {
  const { needs, ownerRules } = requirement;
  const all = permissionsOf(requirement);
  const scopesIn = (permissions: Permissions) => [
    ...requirements.scopesIn(permissions).map((scope) => [scope]),
    ...requirements.anyScopesIn(permissions),
  ];
  const scopes = scopesIn(all);
  const isAppOnly = holds(all, APP_TOKEN);
  return [
    all === NONE ? [] : 'NEVER',
    holds(all, SESSION) ? 'NEVER' : scopes,
    isAppOnly ? 'NEVER' : scopes,
    isAppOnly ? 'NEVER' : ownerRules.length > 0 ? scopesIn(needs) : scopes,
  ];
}

/** Whether some set of scopes meets the one demand and not the other. */
function admitsMore(one: Demand = 'NEVER', other: Demand = 'NEVER'): boolean {
  if (one === 'NEVER') return false;
  // All scopes but those of a list that `other` needs meet `one`, unless a list of `one` has none beside them.
  return other === 'NEVER' || other.some((list) => one.every((some) => some.some((scope) => !list.includes(scope))));
}
