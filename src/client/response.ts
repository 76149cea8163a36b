/** Reads responses: anything may come in their place, such as the error of a gateway. */
import type { ResponseError } from './response-error.js';

export interface Response<Data> {
  /** Absent: nothing ran. */
  readonly data?: Data | null;
  readonly errors?: readonly ResponseError[];
}

const EMPTY: ResponseError = { message: 'The response is empty.', extensions: { effect: 'UNKNOWN' } };

/** Undefined where the value is not a response of the API, whose errors all have a code. */
export function readResponse<Data>(value: unknown): Response<Data> | undefined {
  if (!isObject(value)) return undefined;
  const { data, errors } = value;
  if (errors === undefined ? !isObject(data) : !isErrorList(errors)) return undefined;
  if (data !== undefined && data !== null && !isObject(data)) return undefined;
  return value as Response<Data>; // the server validates the document against the schema that its type was generated from
}

/** The first error of a response without what was asked for. */
export function errorIn({ errors = [] }: Response<unknown>): ResponseError {
  return errors[0] ?? EMPTY;
}

export function isErrorList(value: unknown): value is readonly ResponseError[] {
  return Array.isArray(value) && value.length > 0 && value.every(isCoded);
}

function isCoded(error: unknown): boolean {
  if (!isObject(error) || typeof error['message'] !== 'string') return false;
  const { extensions } = error;
  return isObject(extensions) && typeof extensions['code'] === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
