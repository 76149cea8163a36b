import { type Kind, mayChange, type State, viewerOf } from './credential.js';
import { OPERATIONS, type Operation, type OperationName } from './operations.js';
import type { World } from './world.js';

/** A request, its response, and every state of the credential from its arrival until then. */
export interface Told {
  readonly tag: string;
  readonly name: OperationName;
  readonly response: Response;
  readonly states: readonly State[];
  /** Look-ups that had begun when it arrived. */
  readonly lookUpsBefore: number;
}

interface Response {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server has sent; a wrong guess is a broken rule.
  readonly body: any;
  /** Whether it tells how many requests are left. */
  readonly isCounted: boolean;
}

/** What was told of one effect. */
interface Field {
  readonly alias: string;
  readonly isDone: boolean;
  readonly isReplayed: boolean;
  readonly code: string | undefined;
  readonly effect: string | undefined;
}

/** The rules that a response breaks, given what has happened. */
export function findFaults(told: Told, world: World): string[] {
  const { kind } = world.plan;
  const operation: Operation = OPERATIONS[told.name];
  const broken: string[] = [];
  const complain = (what: string) =>
    broken.push(`${told.name} of ${kind} ${what}: ${JSON.stringify([told.response, told.states, world.kept])}`);
  for (const rule of [judgeStatus, judgeData, judgeCount, judgeEffects, judgeKept, judgeOrdinary]) {
    rule({ told, operation, kind, world }, complain);
  }
  return broken;
}

interface Case {
  readonly told: Told;
  readonly operation: Operation;
  readonly kind: Kind;
  readonly world: World;
}

type Complain = (what: string) => void;

const isAlive = ({ fault }: State) => fault === 'NONE';

/** A refusal is right by a state that the credential had since the request arrived. */
function judgeStatus({ told: { response, states }, operation, kind, world: { plan } }: Case, complain: Complain) {
  const isAlone = states.every((state) => state.fault !== 'NONE');
  switch (response.status) {
    case 200:
      if (kind === 'USER' && plan.isLimited) complain('was one request too many');
      return;
    case 401: {
      const [error] = response.body.errors;
      if (states.every(({ fault }) => fault !== error.extensions.reason)) complain('was rejected');
      return;
    }
    case 403:
      if (!operation.needsPrivilege || states.every((state) => !isAlive(state) || state.isPrivileged))
        complain('was denied');
      return;
    case 429:
      if (isAlone || !plan.isLimited) complain('was limited');
      return;
    case 503:
      if (plan.failingLookUps.length === 0 && plan.timeOutStep === 0) complain('failed');
      return;
    default:
      complain('had an unexpected response');
  }
}

/** Data leaves only where the credential allowed it since the request arrived. */
function judgeData({ told, operation, kind }: Case, complain: Complain) {
  const { response, states } = told;
  const isQuery = operation.effects === undefined && response.status === 200 && response.body.data !== null;
  if (isQuery && !states.some(isAlive)) complain('was answered');
  const hasData =
    (isQuery && response.body.data.user?.points != null) ||
    fieldsOf(told, operation).some(({ isDone, code }) => isDone || !TELL_NOTHING.has(code));
  if (hasData && !states.some((state) => isAlive(state) && state.isPrivileged))
    complain('was told more than it may know');
  if (told.name === 'VIEWER' && isQuery) {
    const shown = JSON.stringify(response.body.data.viewer);
    if (!states.some((state) => isAlive(state) && JSON.stringify(viewerOf(kind, state)) === shown))
      complain('was told what is not so');
  }
}

/** Errors of fields that hold nothing which was read. */
const TELL_NOTHING: ReadonlySet<string | undefined> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'UNAVAILABLE',
  'OVERLOADED',
]);

/** How many requests are left is told of a session that was found good, and with 429. */
function judgeCount({ told: { response, states }, kind, world: { plan } }: Case, complain: Complain) {
  if (response.isCounted && !states.some(isAlive)) complain('was told what its session has left');
  // A time-out may come before the session was found good, or after.
  if (plan.timeOutStep > 0 && (response.status === 503 || isTimeOut(response))) return;
  const isTold = kind === 'USER' && response.status !== 401 && response.status !== 503;
  if (response.isCounted !== isTold) complain('was counted wrongly');
}

/** Whether resolvers had started, and the response did not wait for them. */
function isTimeOut({ status, body }: Response): boolean {
  return status === 200 && body.data === null;
}

/** What is told of each change is what has happened. */
function judgeEffects({ told, operation, world }: Case, complain: Complain) {
  const { tag, response } = told;
  const countOf = (alias: string) => world.kept.filter((kept) => kept.tag === `${tag}.${alias}`).length;
  for (const alias of operation.effects ?? []) {
    if (countOf(alias) > 1) complain(`made ${alias} more than once`);
    if (response.status !== 200 && countOf(alias) > 0) complain(`made ${alias}, and was refused`);
  }
  if (told.name === 'RESOLVE' && response.status !== 200 && world.plan.requests.length === 1 && world.kept.length > 0)
    complain('closed the key, and was refused');
  for (const { alias, isDone, isReplayed, effect, code } of fieldsOf(told, operation)) {
    if (!operation.effects?.includes(alias)) continue;
    const count = countOf(alias);
    if (isDone && !isReplayed && count === 0) complain(`was told that ${alias} was made`);
    if (!isDone && effect !== 'UNKNOWN' && count > 0 && code !== 'INSUFFICIENT_POINTS')
      complain(`was told that ${alias} was not made`);
    if (effect === 'UNKNOWN' && isCalm(world.plan)) complain(`was told that ${alias} may have been made`);
  }
}

/** Nothing is changed by a credential that has ended, nor before the database was asked about it. */
function judgeKept({ told, operation, kind, world }: Case, complain: Complain) {
  const isJudgedByStatement = operation.isOneChange === true && kind === 'APP';
  for (const { tag, state, goodLookUps } of world.kept) {
    if (!tag.startsWith(`${told.tag}.`)) continue;
    if (!mayChange(kind, state)) complain(`made ${tag} after its credential had ended`);
    if (!isJudgedByStatement && !goodLookUps.some((number) => number >= told.lookUpsBefore))
      complain(`made ${tag} before its credential was confirmed`);
  }
}

/** Where nothing happens to a good credential, everything is done. */
function judgeOrdinary({ told, operation, world: { plan, history } }: Case, complain: Complain) {
  const [state, ...others] = history;
  if (
    !isCalm(plan) ||
    plan.isLimited ||
    others.length > 0 ||
    state === undefined ||
    !isAlive(state) ||
    !(state.isPrivileged || !operation.needsPrivilege)
  )
    return;
  const isRefused = told.name === 'SPEND' || told.name === 'RESOLVE' || plan.requests.includes('RESOLVE');
  if (told.response.status !== 200) complain('was not answered');
  else if (!isRefused && fieldsOf(told, operation).some(({ isDone }) => !isDone)) complain('was not done');
}

/** Whether nothing goes wrong but for the credential. */
function isCalm({ faults, failingLookUps, timeOutStep }: World['plan']): boolean {
  return faults.length === 0 && failingLookUps.length === 0 && timeOutStep === 0;
}

/** What a mutation was told of each of its effects; nothing, where no resolver ran. */
function fieldsOf({ name, response: { status, body } }: Told, { effects }: Operation): Field[] {
  if (effects === undefined || status !== 200) return [];
  const errorOf = (alias: string) =>
    // biome-ignore lint/suspicious/noExplicitAny: see Response.
    body.errors?.find((error: any) => error.path === undefined || error.path[0] === alias)?.extensions;
  const asField = (alias: string, payload: unknown, error: { code?: string; effect?: string } | undefined): Field => ({
    alias,
    isDone: payload != null,
    isReplayed: (payload as { replayed?: boolean } | null)?.replayed === true,
    code: error?.code,
    effect: error?.effect,
  });
  const whole = body.data?.a;
  if (name === 'MANY' && whole != null) {
    return effects.map((alias, index) => {
      const { payload, error } = whole.results[index];
      return asField(alias, payload, error);
    });
  }
  if (name === 'RESOLVE') {
    const { payload = null, error = errorOf('a') } = whole?.result ?? {};
    return [asField('a', payload, error)];
  }
  if (name === 'MANY') return effects.map((alias) => asField(alias, null, errorOf('a')));
  return effects.map((alias) => asField(alias, body.data?.[alias], errorOf(alias)));
}
