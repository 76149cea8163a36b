import { type Message, MessageType, validateMessage } from 'graphql-ws';
import { isRecord, withoutEmptyParameters } from './graphql-request.js';

/** Reads a message of the protocol; undefined: it is none. */
export function parseMessage(text: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return validateMessage(
      isOperation(message) ? { ...message, payload: withoutEmptyParameters(message.payload) } : message,
    );
  } catch {
    return undefined;
  }
}

function isOperation(message: unknown): message is { readonly payload: Record<string, unknown> } {
  return isRecord(message) && message['type'] === MessageType.Subscribe && isRecord(message['payload']);
}

/** The close reason of a malformed credential. It has at most 123 bytes (RFC 6455, section 5.5). */
export const MALFORMED_CREDENTIAL = 'Send one token, as "Bearer <token>", in connectionParams.authorization.';

/** Every value of `authorization`, in any case. One that is no string is malformed, as an empty string is. */
export function authorizationsOf(parameters: unknown): string[] {
  return Object.entries(isRecord(parameters) ? parameters : {})
    .filter(([name, value]) => name.toLowerCase() === 'authorization' && value != null)
    .map(([, value]) => (typeof value === 'string' ? value : ''));
}

/** The distinct credentials of all sources. A source with two of them is malformed even where they are equal, so both count. */
export function distinct(sources: readonly (readonly string[])[]): string[] {
  const all = sources.flat();
  return sources.some(({ length }) => length > 1) ? all : [...new Set(all)];
}
