import { type FieldNode, type GraphQLField, getArgumentValues, Kind } from 'graphql';
import type { Refused } from './denial.js';
import type { Variables } from './operation.js';
import { valueAt } from './owner.js';
import type { Ground, Site } from './plan.js';
import { type Answer, askOwners, conjunction, type Question, type Registry } from './question.js';
import { holds } from './requirement.js';

/** Who asks for what, with variables that are coerced. */
export interface Inquiry<Context> {
  readonly held: bigint;
  readonly coerced: Variables;
  readonly context: Context;
  /** Gathers the selections that turn out to be the caller's own. */
  readonly own: Set<FieldNode>;
}

/** Looks up the owners that the sites name in their arguments; answers the selections that are not the caller's own. */
export function refuseForeign<Context>(
  sites: readonly Site[],
  inquiry: Inquiry<Context>,
  { ground, ...registry }: Registry<Context> & { readonly ground: Ground },
): readonly Refused[] | Promise<readonly Refused[]> {
  const selections = sites.flatMap((site) =>
    [...site.nodes].flatMap((node) =>
      node.kind === Kind.FIELD ? [{ site, node, questions: questionsOf(site, node, inquiry, ground) }] : [],
    ),
  );
  const conclude = (answers: readonly Answer[]): readonly Refused[] => {
    let next = 0;
    return selections.flatMap(({ site: { coordinate, alternatives }, node, questions }) => {
      const given = answers.slice(next, next + (questions?.length ?? 0));
      next += given.length;
      const answer = questions !== undefined && conjunction(given);
      if (answer === true) inquiry.own.add(node);
      const failure = typeof answer === 'string' ? answer : undefined;
      return answer === true ? [] : [{ coordinate, alternatives, nodes: [node], failure }];
    });
  };
  const answers = askOwners(
    selections.flatMap(({ questions }) => questions ?? []),
    registry,
    inquiry.context,
  );
  return answers instanceof Promise ? answers.then(conclude) : conclude(answers);
}

/** What must be true for the selection to be the caller's own; undefined where its arguments name nothing. */
function questionsOf(
  { coordinate, alternatives, field }: Site,
  node: FieldNode,
  { held, coerced }: Pick<Inquiry<unknown>, 'held' | 'coerced'>,
  { owners }: Ground,
): readonly Question[] | undefined {
  // A site with a question has one field; its alternatives differ in the type returned, never in the owners.
  const spared = alternatives[0]?.owned.filter(({ needs }) => !holds(held, needs)) ?? [];
  const given = field && argumentsOf(field, node, coerced);
  return (
    given &&
    spared.flatMap(({ rule }) => {
      const owner = owners.get(rule);
      return owner?.from === 'ARGUMENTS'
        ? [{ coordinate, lookup: owner.lookup, value: valueAt(given, owner.path) }]
        : [];
    })
  );
}

function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Variables,
): Record<string, unknown> | undefined {
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    return undefined; // execution will say what is wrong with them
  }
}
