import { isScope, scopeName } from '../../../auth/scope.js';
import type { IssueTokenInput, Scope, TokenFormat } from '../../generated.js';
import { expiryOf, today } from './expiry.js';
import { type LimitValues, limitErrors, limitsInput } from './limits.js';
import { parseNetworks } from './networks.js';

/** What is typed into the form that issues a token. */
export interface IssueValues {
  readonly name: string;
  /** Username; null: the administrator. */
  readonly owner: string | null;
  readonly expiry: string;
  readonly lastDay: string;
  readonly format: TokenFormat;
  readonly scopes: ReadonlySet<string>;
  readonly operations: OperationValues;
  readonly limits: LimitValues;
  /** One per line. */
  readonly networks: string;
}

/** The operations that a token may run. */
export interface OperationValues {
  /** Whether it runs only these. */
  readonly isOnly: boolean;
  readonly text: string;
  /** The operations of the text, each with its fragments. */
  readonly documents: readonly string[];
  /** What is wrong with the text; null: nothing. */
  readonly fault: string | null;
}

export const NO_OPERATIONS: OperationValues = { isOnly: false, text: '', documents: [], fault: null };

/** The steps of the form. */
export const STEPS = ['Token', 'Limits', 'Networks', 'Review'] as const;

const REVIEW = STEPS.length - 1;

/** The step that has a field, by the field's path. */
export function stepOf(path: string): number {
  if (path.startsWith('limits')) return 1;
  return path === 'networks' ? 2 : 0;
}

export type FieldErrors = Readonly<Record<string, string>>;

/** What is wrong with the values, by the paths of the fields in their order. */
export function errorsOf({ name, expiry, lastDay, scopes, operations, limits, networks }: IssueValues): FieldErrors {
  const parsed = parseNetworks(networks);
  const { isOnly, text, fault } = operations;
  const errors: Record<string, string | false | null> = {
    name: name.trim() === '' && 'Enter a name.',
    lastDay: expiry === 'custom' && lastDay < today() && 'Choose a future day.',
    operations: isOnly && (text.trim() === '' ? 'Enter at least one operation.' : fault),
    scopes: !isOnly && scopes.size === 0 && 'Select at least one scope.',
    ...Object.fromEntries(Object.entries(limitErrors(limits)).map(([key, error]) => [`limits.${key}`, error])),
    networks: parsed.kind === 'INVALID' && parsed.message,
  };
  return Object.fromEntries(
    Object.entries(errors).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The first errors that keep the form from going to a step: those of one step before it. */
export function errorsBefore(step: number, errors: FieldErrors): FieldErrors {
  const entries = Object.entries(errors);
  const first = Math.min(...entries.map(([path]) => stepOf(path)));
  return first < Math.min(step, REVIEW) ? Object.fromEntries(entries.filter(([path]) => stepOf(path) === first)) : {};
}

/** The input of the mutation, of values without errors. */
export function inputOf(values: IssueValues): IssueTokenInput {
  const { name, owner, format, scopes, operations, limits } = values;
  const networks = parseNetworks(values.networks);
  // Safe: `scopeName` gives the name of the scope in the schema's enum.
  const scopeNames = [...scopes].filter(isScope).map((scope) => scopeName(scope) as Scope);
  return {
    name: name.trim(),
    owner: owner === null ? null : { username: owner },
    scopes: operations.isOnly && scopeNames.length === 0 ? null : scopeNames,
    format,
    expiresAt: expiryOf(values),
    limits: limitsInput(limits),
    networks: networks.kind === 'VALID' && networks.networks.length > 0 ? [...networks.networks] : null,
    documents: operations.isOnly ? [...operations.documents] : null,
  };
}
