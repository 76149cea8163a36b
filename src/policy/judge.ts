import { type FieldNode, type GraphQLField, getArgumentValues, getVariableValues, Kind } from 'graphql';
import { type Caller, cheapestOf, type Denial, describeDenial, type Refused, type Wording } from './denial.js';
import { type Operation, remember, type Variables } from './operation.js';
import { valueAt } from './owner.js';
import type { Ground, Plan, Site } from './plan.js';
import { type Answer, askOwners, type Question, type Registry } from './question.js';
import { APP, bitsOf, CREDENTIAL, holds, USER } from './requirement.js';
import type { Probe } from './supplied.js';

/** What the policy says to an operation as a whole. */
export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** One for each refused coordinate, in the order of the document; at most 20. */
      readonly denials: readonly Denial[];
      /** Every scope that the operation requires, as names in the enum's order. */
      readonly requiredScopes: readonly string[];
      /** Whether the caller sent no credential at all. */
      readonly anonymous: boolean;
    };

/** A verdict with what gate two needs to know of it. */
export interface Judgement {
  readonly operation: Operation;
  readonly plan: Plan;
  readonly caller: Caller;
  readonly held: bigint;
  readonly verdict: Verdict | Promise<Verdict>;
  /** Whether gate two has nothing to ask this caller. */
  readonly open: boolean;
  /** The selections whose owner, named in arguments, was found to be the caller. */
  readonly own: ReadonlySet<FieldNode>;
  /** The coerced variables, where the verdict rests on more of them than conditions. */
  readonly coerced?: Variables;
}

/** An operation that somebody wants to run. */
export interface Request<Context> {
  readonly operation: Operation;
  readonly context: Context;
  readonly caller: Caller;
  /** As the client sent them, or as execution coerced them. */
  readonly variables: Variables;
  readonly areCoerced: boolean;
}

/** What the judge needs beyond the plan. */
export interface JudgeOptions<Context> extends Wording, Registry<Context> {
  readonly ground: Ground;
  /** How many verdicts are kept for one plan. */
  readonly cacheSize: number;
}

const ALLOWED: Verdict = { allowed: true };
const MOST_DENIALS = 20;
const NOBODY: ReadonlySet<FieldNode> = new Set();

/** What a plan means for the holder of certain bits: computed once, then one look-up. */
interface Outcome {
  readonly refused: readonly Site[];
  /** Refused unless the owners named in arguments turn out to be the caller. */
  readonly questions: readonly Site[];
  /** Variables in which something could be supplied that the caller may not. */
  readonly probes: readonly Probe[];
  readonly open: boolean;
}

/** Judges whole operations, before anything runs. */
export class Judge<Context> {
  readonly #options: JudgeOptions<Context>;
  readonly #bits: ReadonlyMap<string, bigint>;
  readonly #outcomes = new WeakMap<Plan, Map<bigint, Outcome>>();

  constructor(options: JudgeOptions<Context>) {
    this.#options = options;
    const { requirements, scopeLabel } = options;
    this.#bits = new Map(requirements.scopes.map((name) => [scopeLabel(name), requirements.bit(name)]));
  }

  /** The bits that a caller holds. */
  heldBy(caller: Caller): bigint {
    if (caller.kind === 'ANONYMOUS') return 0n;
    let bits = CREDENTIAL | (caller.kind === 'APP' ? APP : USER);
    for (const scope of caller.scopes) bits |= this.#bits.get(scope) ?? 0n;
    return bits;
  }

  /** The verdict is a promise only where an owner must be looked up. */
  judge({ operation, variables, areCoerced, caller, context }: Request<Context>): Judgement {
    const held = this.heldBy(caller);
    const plan = operation.plan(variables);
    const { refused, questions, probes, open } = this.#outcome(plan, held);
    const judgement = { operation, plan, caller, held, open, own: NOBODY };
    const isSettled = questions.length === 0 && probes.length === 0;
    const coerced = isSettled ? undefined : areCoerced ? variables : this.#coerce(operation, variables);
    // Bad variables are for execution to report, which then runs nothing; what is refused anyway stays refused.
    if (!coerced) return { ...judgement, verdict: this.#verdict(judgement, refused) };

    const supplied = this.#inspect(probes, { operation, variables, areCoerced, held });
    const known = [...refused, ...supplied.refused];
    const own = new Set<FieldNode>();
    const foreign = this.#ask(questions, { held, coerced, context, own });
    const verdict =
      foreign instanceof Promise
        ? foreign.then((more) => this.#verdict(judgement, [...known, ...more], supplied.bits))
        : this.#verdict(judgement, [...known, ...foreign], supplied.bits);
    return { ...judgement, verdict, own, coerced };
  }

  #outcome(plan: Plan, held: bigint): Outcome {
    const outcomes = this.#outcomes.get(plan) ?? new Map<bigint, Outcome>();
    this.#outcomes.set(plan, outcomes);
    const known = outcomes.get(held);
    if (known) return known;

    const judged = plan.sites.flatMap((site) => (site.certain ? [{ site, standing: this.#standing(site, held) }] : []));
    const thatAre = (wanted: Standing) => judged.flatMap(({ site, standing }) => (standing === wanted ? [site] : []));
    const outcome = {
      refused: thatAre('REFUSED'),
      questions: thatAre('QUESTION'),
      probes: plan.probes.filter(({ potential }) => !holds(held, potential)),
      open: holds(held, plan.later),
    };
    return remember(outcomes, { key: held, value: outcome, bound: this.#options.cacheSize });
  }

  #standing({ alternatives, field }: Site, held: bigint): Standing {
    let isOpen = false;
    for (const { needs, owned } of alternatives) {
      if (!holds(held, needs)) continue;
      const spared = owned.filter((item) => !holds(held, item.needs));
      if (spared.length > 0 && !holds(held, USER)) continue;
      // Where the result tells the owner, or the type to begin with, gate two asks.
      if (!field || spared.every(({ rule }) => this.#options.ground.owners.get(rule)?.from === 'PARENT'))
        return 'PASSED';
      isOpen = true;
    }
    return isOpen ? 'QUESTION' : 'REFUSED';
  }

  #coerce({ node }: Operation, variables: Variables): Variables | undefined {
    const definitions = node.variableDefinitions ?? [];
    return getVariableValues(this.#options.ground.schema, definitions, variables, { maxErrors: 1 }).coerced;
  }

  /** What the variables supply, and what of it the caller may not. */
  #inspect(
    probes: readonly Probe[],
    { operation, variables, areCoerced, held }: Omit<Request<Context>, 'caller' | 'context'> & { held: bigint },
  ): { refused: readonly Refused[]; bits: bigint } {
    const refused: Refused[] = [];
    let bits = 0n;
    const inputs = this.#options.ground.supplied;
    for (const { variable, type, node, coordinate, needs, grant } of probes) {
      const supplied = operation.supplied(variable, variables);
      if (!supplied) continue;
      const itself = needs | inputs.granted(grant, supplied.value, type, areCoerced);
      const within = inputs.ofValue(supplied.value, type, areCoerced);
      for (const [place, required] of [[coordinate, itself] as const, ...within]) {
        bits |= required;
        if (holds(held, required)) continue;
        refused.push({ coordinate: place, alternatives: [{ needs: required, owned: [] }], nodes: [node] });
      }
    }
    return { refused, bits };
  }

  /** The selections whose owner is not the caller; the others join `own`. */
  #ask(sites: readonly Site[], inquiry: Inquiry<Context>): readonly Refused[] | Promise<readonly Refused[]> {
    const { ground } = this.#options;
    const selections = sites.flatMap((site) =>
      site.nodes.flatMap((node) =>
        node.kind === Kind.FIELD ? [{ site, node, questions: questionsOf(site, node, inquiry, ground) }] : [],
      ),
    );
    const conclude = (answers: readonly Answer[]): readonly Refused[] => {
      let next = 0;
      return selections.flatMap(({ site: { coordinate, alternatives }, node, questions }) => {
        const given = answers.slice(next, next + (questions?.length ?? 0));
        next += given.length;
        const isOwn = questions !== undefined && given.every((answer) => answer === true);
        if (isOwn) inquiry.own.add(node);
        const unknown = given.includes('UNKNOWN') && !given.includes(false);
        return isOwn ? [] : [{ coordinate, alternatives, nodes: [node], unknown }];
      });
    };
    const answers = askOwners(
      selections.flatMap(({ questions }) => questions ?? []),
      this.#options,
      inquiry.context,
    );
    return answers instanceof Promise ? answers.then(conclude) : conclude(answers);
  }

  #verdict({ plan, caller, held }: Judged, refused: readonly Refused[], supplied = 0n): Verdict {
    if (refused.length === 0) return ALLOWED;
    const { requirements } = this.#options;
    const first = mergeByCoordinate(refused)
      .sort((one, other) => positionOf(one) - positionOf(other))
      .slice(0, MOST_DENIALS);
    const required = plan.sites.reduce(
      (bits, { alternatives }) =>
        bits | bitsOf(cheapestOf(alternatives, (one) => requirements.names(bitsOf(one)).length)),
      supplied,
    );
    return {
      allowed: false,
      denials: first.map((one) => describeDenial(one, caller, held, this.#options)),
      requiredScopes: requirements.names(required),
      anonymous: caller.kind === 'ANONYMOUS',
    };
  }
}

type Standing = 'PASSED' | 'QUESTION' | 'REFUSED';

type Judged = Pick<Judgement, 'plan' | 'caller' | 'held'>;

interface Inquiry<Context> {
  readonly held: bigint;
  readonly coerced: Variables;
  readonly context: Context;
  readonly own: Set<FieldNode>;
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
    return getArgumentValues(field, node, { ...variables });
  } catch {
    return undefined; // execution will say what is wrong with them
  }
}

function mergeByCoordinate(refused: readonly Refused[]): Refused[] {
  const merged = new Map<string, Refused>();
  for (const one of refused) {
    const known = merged.get(one.coordinate) ?? { ...one, nodes: [] };
    const unknown = known.unknown === true && one.unknown === true;
    merged.set(one.coordinate, { ...known, nodes: [...new Set([...known.nodes, ...one.nodes])], unknown });
  }
  return [...merged.values()];
}

function positionOf({ nodes }: Refused): number {
  return nodes[0]?.loc?.start ?? 0;
}
