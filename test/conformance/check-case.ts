import type { Case } from './cases.js';
import type { Ask, Caller, Response } from './contender.js';
import { PROTECTED_TYPE, SECRET, type World } from './world.js';

const ANYONE: Caller = { scopes: [] };

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

/** Sends the operation, and checks the response and what ran. */
export async function checkCase(
  { source, caller = ANYONE, expected, maxErrors = Number.POSITIVE_INFINITY }: Case,
  ask: Ask,
  { ran }: World,
): Promise<Faults> {
  ran.length = 0;
  let response: Response;
  try {
    response = await ask(source, caller);
  } catch {
    return ['crashes'];
  }
  const { data, errors = [] } = response;
  if (expected === 'ALLOWED') {
    const isComplete = data?.['open'] === 'open' && !Object.values(data).includes(null);
    return errors.length > 0 || !isComplete ? ['denies'] : [];
  }

  const faults: Fault[] = [];
  if (JSON.stringify(response).includes(SECRET)) faults.push('leaks');
  if (JSON.stringify(data ?? null).includes(`"${PROTECTED_TYPE}"`)) faults.push('leaks `__typename`');
  if (ran.length > 0) faults.push('runs first');
  if (faults.length === 0 && errors.length === 0) faults.push('no error');
  if (errors.length > maxErrors) faults.push('duplicate errors');
  if (data?.['req'] === null) faults.push('breaks `String!`');
  return faults;
}

/** Whether callers with scopes that suffice are shown what others are not: otherwise a denial proves nothing. */
export async function isShownToHolders(
  { source, caller = ANYONE, sufficientScopes = [['admin']] }: Case,
  ask: Ask,
): Promise<boolean> {
  for (const scopes of sufficientScopes) {
    const { data, errors } = await ask(source, { ...caller, scopes });
    const isShown = errors === undefined && new RegExp(`"(${SECRET}|${PROTECTED_TYPE})"`).test(JSON.stringify(data));
    if (!isShown) return false;
  }
  return true;
}
