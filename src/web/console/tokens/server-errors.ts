import type { CombinedError } from 'urql';
import { type AssignedErrors, assignErrors as assign, inputPath, type ServerError } from '../forms/assign-errors.js';
import { LIMITS } from './limits.js';

/**
 * Assigns the errors of a mutation to the fields of its form.
 *
 * @param fields paths of the fields that the form shows.
 */
export function assignErrors(error: CombinedError | undefined, fields: readonly string[]): AssignedErrors {
  return assign(error, { pathOf: (one) => pathOf(one, fields), messageOf });
}

/** The paths of the fields for limits, in their order. */
export const LIMIT_PATHS: readonly string[] = LIMITS.map(({ key }) => `limits.${key}`);

/** The path of the field that an error is about; undefined: the form has none. */
function pathOf(error: ServerError, fields: readonly string[]): string | undefined {
  const path = named(error);
  // The limits as a whole, an item of a list or a part of a choice belong to the field that has them.
  return fields.find((field) => path === field || path?.startsWith(`${field}.`) || field.startsWith(`${path}.`));
}

function named(error: ServerError): string | undefined {
  const { code, coordinate } = error.extensions;
  if (code === 'USER_NOT_FOUND') return 'owner';
  const input = typeof coordinate === 'string' ? /^IssueTokenInput\.(\w+)$/.exec(coordinate)?.[1] : undefined;
  return (inputPath(error) ?? input)?.replace(/^documents/, 'operations').replace(/^expiresAt/, 'expiry');
}

/** The message of an error; where it is about an item of a list, with which one. */
function messageOf({ message, extensions: { field } }: ServerError): string {
  const [, list = '', index] = /^input\.(networks|documents)\.(\d+)$/.exec(String(field)) ?? [];
  if (index === undefined) return message;
  return `${list === 'networks' ? 'Network' : 'Operation'} ${Number(index) + 1}: ${message}`;
}
