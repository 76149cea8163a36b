import type { CombinedError } from 'urql';
import { type AssignedErrors, assignErrors, inputPath } from '../forms/assign-errors.js';

/**
 * Assigns the errors of a mutation to the fields of its form.
 *
 * @param fields the fields that the form shows.
 */
export function assignWebhookErrors(error: CombinedError | undefined, fields: readonly string[]): AssignedErrors {
  return assignErrors(error, {
    pathOf: (one) => {
      const path = one.extensions['code'] === 'USER_NOT_FOUND' ? 'user' : inputPath(one);
      // An item of a list, or the name of a user, belongs to the field that has it.
      return fields.find((field) => path === field || path?.startsWith(`${field}.`));
    },
  });
}
