import type { FieldNode } from 'graphql';
import { coerceVariables } from './coerce-variables.js';
import type { Caller, Refused, Wording } from './denial.js';
import { refuseForeign } from './named-owner.js';
import { type Operation, remember, type Variables } from './operation.js';
import type { Ground, Plan, Site, VariableSite } from './plan.js';
import type { Registry } from './question.js';
import { APP, CREDENTIAL, holds, USER } from './requirement.js';
import { prepareVerdict, type Verdict } from './verdict.js';

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
  /** The coerced variables, where the verdict rests on more of them than conditions; null: they could not be coerced. */
  readonly coerced?: Variables | null;
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

const NOBODY: ReadonlySet<FieldNode> = new Set();

/** What a plan means for the holder of certain bits: computed once, then one look-up. */
interface Outcome {
  readonly refused: readonly Site[];
  /** The verdict that follows from those alone. Put into words once: a refusal costs no more than an answer. */
  readonly verdict: (caller: Caller) => Verdict;
  /** Refused unless the owners named in arguments turn out to be the caller. */
  readonly questions: readonly Site[];
  /** Variables in which something could be supplied that the caller may not. */
  readonly probes: readonly VariableSite[];
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
    const { refused, verdict: surely, questions, probes, open } = this.#outcome(plan, held);
    const known = { operation, plan, caller, held, open, own: NOBODY, verdict: surely(caller) };
    if (questions.length === 0 && probes.length === 0) return known;
    const coerced = areCoerced ? variables : coerceVariables(this.#options.ground.schema, operation.node, variables);
    // Bad variables are for execution to report, which then runs nothing; what is refused anyway stays refused.
    if (!coerced) return { ...known, coerced: null };

    const supplied = this.#inspect(probes, { operation, variables, areCoerced, held });
    const own = new Set<FieldNode>();
    const foreign = refuseForeign(questions, { held, coerced, context, own }, this.#options);
    const judge = (more: readonly Refused[]) => {
      const all = { refused: [...refused, ...supplied.refused, ...more], supplied: supplied.bits };
      return prepareVerdict({ plan, held }, all, this.#options)(caller);
    };
    const verdict = foreign instanceof Promise ? foreign.then(judge) : judge(foreign);
    return { operation, plan, caller, held, open, own, verdict, coerced };
  }

  #outcome(plan: Plan, held: bigint): Outcome {
    const outcomes = this.#outcomes.get(plan) ?? new Map<bigint, Outcome>();
    this.#outcomes.set(plan, outcomes);
    const known = outcomes.get(held);
    if (known) return known;

    const judged = plan.sites.flatMap((site) => (site.certain ? [{ site, standing: this.#standing(site, held) }] : []));
    const thatAre = (wanted: Standing) => judged.flatMap(({ site, standing }) => (standing === wanted ? [site] : []));
    const refused = thatAre('REFUSED');
    const outcome = {
      refused,
      verdict: prepareVerdict({ plan, held }, { refused, supplied: 0n }, this.#options),
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
      const isAsked = spared.some(({ rule }) => this.#options.ground.owners.get(rule)?.from === 'ARGUMENTS');
      if (!field || !isAsked) return 'PASSED';
      isOpen = true;
    }
    return isOpen ? 'QUESTION' : 'REFUSED';
  }

  /** What the variables supply, and what of it the caller may not. */
  #inspect(
    probes: readonly VariableSite[],
    { operation, variables, areCoerced, held }: Omit<Request<Context>, 'caller' | 'context'> & { held: bigint },
  ): { refused: readonly Refused[]; bits: bigint } {
    const refused: Refused[] = [];
    let bits = 0n;
    for (const probe of probes) {
      const supplied = operation.supplied(probe.variable, variables);
      if (!supplied) continue;
      const found = this.#options.ground.supplied.ofVariable(probe, supplied.value, areCoerced);
      for (const [coordinate, distinct] of found) {
        for (const needs of distinct) {
          bits |= needs;
          if (holds(held, needs)) continue;
          refused.push({ coordinate, alternatives: [{ needs, owned: [] }], nodes: probe.nodes });
        }
      }
    }
    return { refused, bits };
  }
}

type Standing = 'PASSED' | 'QUESTION' | 'REFUSED';
