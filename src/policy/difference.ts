import type { GraphQLSchema } from 'graphql';
import { type Catalogue, catalogueOf, type Entry } from './catalogue.js';
import { sentenceOf } from './description.js';
import { APP, bitsOf, USER } from './requirement.js';

/** How one coordinate changed, in sentences. */
export interface PolicyChange {
  readonly coordinate: string;
  readonly before: string;
  readonly after: string;
}

/** The coordinates, present in both schemas, whose requirement changed. One that traded a scope for another is in both lists. */
export interface PolicyDifference {
  /** Somebody may now do what they might not do before. */
  readonly looser: readonly PolicyChange[];
  /** Somebody may no longer do what they might do before. */
  readonly tighter: readonly PolicyChange[];
}

/**
 * Compares two policies, coordinate by coordinate, after all rules have added up: a rule that leaves a type loosens each
 * of its fields. A different owner path counts as both, for nobody can tell from the schema who gains by it.
 *
 * @throws {Error} where one of the policies does not build.
 */
export function diffPolicies(schemas: {
  readonly before: GraphQLSchema;
  readonly after: GraphQLSchema;
  readonly scopeLabel: (name: string) => string;
}): PolicyDifference {
  const [before, after] = [catalogueOf(schemas.before), catalogueOf(schemas.after)];
  const looser: PolicyChange[] = [];
  const tighter: PolicyChange[] = [];
  for (const [coordinate, now] of after.entries) {
    const then = before.entries.get(coordinate);
    if (!then) continue;
    const [old, young] = [demands(then, before), demands(now, after)];
    const isMoved =
      then.ownerPaths.length > 0 && now.ownerPaths.length > 0 && `${then.ownerPaths}` !== `${now.ownerPaths}`;
    const say = ({ requirement, ownerPaths }: Entry, { requirements }: Catalogue) =>
      `${sentenceOf(requirement, { requirements, scopeLabel: schemas.scopeLabel }) ?? 'Public.'}${isMoved ? ` Owner: ${ownerPaths}.` : ''}`;
    const change = { coordinate, before: say(then, before), after: say(now, after) };
    if (isMoved || old.some((demand, caller) => admitsMore(young[caller], demand))) looser.push(change);
    if (isMoved || old.some((demand, caller) => admitsMore(demand, young[caller]))) tighter.push(change);
  }
  return { looser, tighter };
}

/** The scopes that a caller of some kind needs; NEVER: no scope helps. */
type Demand = readonly string[] | 'NEVER';

/** What a requirement demands of: nobody in particular, an app, a user, a user who is the owner. */
function demands({ requirement }: Entry, { requirements }: Catalogue): readonly Demand[] {
  const { needs, owned } = requirement;
  const bits = bitsOf(requirement);
  return [
    bits === 0n ? [] : 'NEVER',
    (bits & USER) !== 0n ? 'NEVER' : requirements.names(bits),
    (bits & APP) !== 0n ? 'NEVER' : requirements.names(bits),
    (bits & APP) !== 0n ? 'NEVER' : requirements.names(owned.length > 0 ? needs : bits),
  ];
}

/** Whether something passes the one demand that does not pass the other. */
function admitsMore(one: Demand = 'NEVER', other: Demand = 'NEVER'): boolean {
  if (one === 'NEVER') return false;
  return other === 'NEVER' || other.some((scope) => !one.includes(scope));
}
