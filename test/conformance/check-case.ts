import type { Case } from './cases.js';
import type { Ask, Response } from './contender.js';
import { PROTECTED_TYPE, SECRET, type World } from './world.js';

/** The faults of the response to a case; none where it passed. */
export type Faults = readonly Fault[];
type Fault =
  | 'leaks'
  | 'leaks `__typename`'
  | 'runs first'
  | 'no error'
  | 'duplicate errors'
  | 'breaks `String!`'
  | 'denies'
  | 'crashes';

/** Sends the operation without any scope, and checks the response and what ran. */
export async function checkCase(
  { source, expected, maxErrors = Number.POSITIVE_INFINITY }: Case,
  ask: Ask,
  { ran }: World,
): Promise<Faults> {
  ran.length = 0;
  let response: Response;
  try {
    response = await ask(source, []);
  } catch {
    return ['crashes'];
  }
  const { data, errors = [] } = response;
  if (expected === 'ALLOWED') return errors.length > 0 || data?.['open'] !== 'open' ? ['denies'] : [];

  const faults: Fault[] = [];
  if (JSON.stringify(response).includes(SECRET)) faults.push('leaks');
  if (JSON.stringify(data ?? null).includes(`"${PROTECTED_TYPE}"`)) faults.push('leaks `__typename`');
  if (ran.length > 0) faults.push('runs first');
  if (faults.length === 0 && errors.length === 0) faults.push('no error');
  if (errors.length > maxErrors) faults.push('duplicate errors');
  if (data?.['req'] === null) faults.push('breaks `String!`');
  return faults;
}

/** Whether a caller with the scope is shown what others are not: otherwise a denial proves nothing. */
export async function isShownToHolders({ source }: Case, ask: Ask): Promise<boolean> {
  const { data, errors } = await ask(source, ['admin']);
  return errors === undefined && new RegExp(`"(${SECRET}|${PROTECTED_TYPE})"`).test(JSON.stringify(data));
}
