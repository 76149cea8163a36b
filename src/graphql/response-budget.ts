/**
 * Bounds the size of a response, LIMIT_RESPONSE_BYTES. The number of its fields is bounded by LIMIT_COST, which takes a
 * text for a field: long texts are counted here, before they are read from the database and as they are put into the
 * response, once for each alias.
 */
import { defaultFieldResolver, type GraphQLFieldResolver } from 'graphql';
import { DomainError } from '../errors.js';

/** Characters up to which a text counts as part of its field. */
const MAX_SHORT_TEXT = 200;

/** A response, or the texts that have to be read for it, would have more than LIMIT_RESPONSE_BYTES. */
class ResponseTooLarge extends DomainError {
  readonly code = 'OPERATION_TOO_COMPLEX';

  constructor(maxBytes: number) {
    super(`The response has more than ${maxBytes} bytes. Ask for shorter lists, or for fewer long texts.`);
  }
}

/** What one response may still hold. */
export class ResponseBudget {
  readonly maxBytes: number;
  #readBytes = 0;
  #writtenBytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Counts texts that are about to be read. @throws ResponseTooLarge: they must not be read. */
  read(bytes: number): void {
    this.#readBytes += bytes;
    if (this.#readBytes > this.maxBytes) throw new ResponseTooLarge(this.maxBytes);
  }

  /** Counts a text that becomes part of the response. @throws ResponseTooLarge */
  write(text: string): void {
    this.#writtenBytes += Buffer.byteLength(text);
    if (this.#writtenBytes > this.maxBytes) throw new ResponseTooLarge(this.maxBytes);
  }
}

type Counted = { readonly response: ResponseBudget };

/** Resolves a field as GraphQL does by default, and counts long texts. */
export const resolveCounted: GraphQLFieldResolver<unknown, Counted> = (source, args, context, info) =>
  countText(defaultFieldResolver(source, args, context, info), context);

/** Counts a value that becomes part of the response, if it is a long text. @throws ResponseTooLarge */
export function countText(value: unknown, { response }: Counted): unknown {
  if (typeof value === 'string' && value.length > MAX_SHORT_TEXT) response.write(value);
  return value;
}
