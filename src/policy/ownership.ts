import { isPromise } from '@graphql-tools/utils';
import { defaultFieldResolver, type GraphQLResolveInfo, isObjectType } from 'graphql';
import { coordinateOf, type Execution } from './execution.js';
import { type OwnerPath, valueAt } from './owner.js';
import type { Ground } from './plan.js';
import { type Answer, askOwners, conjunction, failureOf, type Registry } from './question.js';
import { holds, type Requirement, USER } from './requirement.js';

/** One call of a resolver. */
export interface Call<Context> {
  readonly execution: Execution<Context>;
  readonly source: unknown;
  readonly args: Record<string, unknown>;
  readonly info: GraphQLResolveInfo;
}

/** Judges single calls, with the owner that the parent or the arguments name. */
export class Ownership<Context> {
  readonly #ground: Ground;
  readonly #registry: Registry<Context>;

  constructor(ground: Ground, registry: Registry<Context>) {
    this.#ground = ground;
    this.#registry = registry;
  }

  /** Whether the caller meets the requirement in this call. Never throws. */
  judge(requirement: Requirement, call: Call<Context>): Answer | Promise<Answer> {
    const { held } = call.execution.judgement;
    const spared = requirement.owned.filter(({ needs }) => !holds(held, needs));
    if (!holds(held, requirement.needs) || (spared.length > 0 && !holds(held, USER))) return false;
    if (spared.length === 0) return true;
    const answers = spared.map(({ rule }) => this.#isOwn(this.#ground.owners.get(rule), call));
    return answers.length === 1 ? (answers[0] ?? false) : Promise.all(answers).then(conjunction);
  }

  #isOwn(owner: OwnerPath | undefined, call: Call<Context>): Answer | Promise<Answer> {
    const { execution, args, info } = call;
    if (!owner) return false;
    if (owner.from === 'ARGUMENTS') {
      const isJudged = info.fieldNodes.some((node) => execution.judgement.own.has(node));
      return isJudged || this.#ask(call, owner.lookup, valueAt(args, owner.path));
    }
    const ask = (value: unknown) => value !== null && value !== undefined && this.#ask(call, owner.lookup, value);
    const fail = (error: unknown): Answer =>
      failureOf(error, { coordinate: coordinateOf(info), context: execution.context }, this.#registry);
    try {
      const value = this.#sibling(owner.path[0], call);
      // Waiting for promises alone keeps the items of a list in one turn, and so in one call.
      return isPromise(value) ? value.then(ask).catch(fail) : ask(value);
    } catch (error) {
      return fail(error);
    }
  }

  /** The value of a field of the same parent, as the schema resolves it; the parent of nothing is nobody's. */
  #sibling(name: string, { execution, source, info }: Call<Context>): unknown {
    const parent = this.#ground.schema.getType(info.parentType.name);
    const resolve = (isObjectType(parent) && parent.getFields()[name]?.resolve) || defaultFieldResolver;
    return resolve(source, {}, execution.context, { ...info, fieldName: name });
  }

  /** Joins the questions of this turn. */
  #ask({ execution, info }: Call<Context>, lookup: string, value: unknown): Promise<Answer> {
    const turn = execution.turns.get(lookup) ?? { questions: [], answers: this.#endOfTurn(execution, lookup) };
    execution.turns.set(lookup, turn);
    const position = turn.questions.push({ coordinate: coordinateOf(info), lookup, value }) - 1;
    return turn.answers.then((answers) => answers[position] ?? 'BROKEN');
  }

  async #endOfTurn(execution: Execution<Context>, lookup: string): Promise<readonly Answer[]> {
    await undefined;
    const questions = execution.turns.get(lookup)?.questions ?? [];
    execution.turns.delete(lookup);
    return askOwners(questions, this.#registry, execution.context);
  }
}
