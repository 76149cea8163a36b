import type { Case } from './cases.js';
import type { Answer, Ask } from './contender.js';
import { PROTECTED_TYPE, SECRET, type World } from './world.js';

/** What is wrong with how a case was answered; nothing, where it passed. */
export type Faults = readonly Fault[];
type Fault =
  | 'leaks'
  | 'leaks `__typename`'
  | 'runs first'
  | 'says nothing'
  | 'says it twice'
  | 'breaks `String!`'
  | 'refuses'
  | 'crashes';

/** Asks without any scope, and looks at what came back and at what ran. */
export async function judge(
  { source, expected, mostErrors = Number.POSITIVE_INFINITY }: Case,
  ask: Ask,
  { ran }: World,
): Promise<Faults> {
  ran.length = 0;
  let answer: Answer;
  try {
    answer = await ask(source, []);
  } catch {
    return ['crashes'];
  }
  const { data, errors = [] } = answer;
  if (expected === 'ALLOWED') return errors.length > 0 || data?.['open'] !== 'open' ? ['refuses'] : [];

  const faults: Fault[] = [];
  if (JSON.stringify(answer).includes(SECRET)) faults.push('leaks');
  if (JSON.stringify(data ?? null).includes(`"${PROTECTED_TYPE}"`)) faults.push('leaks `__typename`');
  if (ran.length > 0) faults.push('runs first');
  if (faults.length === 0 && errors.length === 0) faults.push('says nothing');
  if (errors.length > mostErrors) faults.push('says it twice');
  if (data?.['req'] === null) faults.push('breaks `String!`');
  return faults;
}

/** Whether a caller with the scope is shown what others are not: otherwise a denial proves nothing. */
export async function isShownToHolders({ source }: Case, ask: Ask): Promise<boolean> {
  const { data, errors } = await ask(source, ['admin']);
  return errors === undefined && new RegExp(`"(${SECRET}|${PROTECTED_TYPE})"`).test(JSON.stringify(data));
}
