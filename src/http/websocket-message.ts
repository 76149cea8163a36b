import { type Message, MessageType, type SubscribeMessage, validateMessage } from 'graphql-ws';
import { bearerOf, type CredentialHeaders } from '../auth/authenticate.js';
import { isRecord } from './graphql-request.js';

/** A request for an operation. What it requests is read as the body of a POST is, and refused in the same words. */
export interface Subscribe {
  readonly type: MessageType.Subscribe;
  readonly id: string;
  readonly payload: unknown;
}

/** What a client may send. */
export type ClientMessage = Exclude<Message, SubscribeMessage> | Subscribe;

/**
 * Reads a message of the protocol; undefined: it is none. The payload of a `subscribe` is left to the operation: with an
 * error of one operation the connection stays open for the others.
 */
export function parseMessage(text: string): ClientMessage | undefined {
  try {
    const message: unknown = JSON.parse(text);
    if (isRecord(message) && message['type'] === MessageType.Subscribe) return parseSubscribe(message);
    const valid = validateMessage(message);
    return valid.type === MessageType.Subscribe ? undefined : valid;
  } catch {
    return undefined;
  }
}

function parseSubscribe({ id, payload }: Record<string, unknown>): Subscribe | undefined {
  return typeof id === 'string' && id !== '' ? { type: MessageType.Subscribe, id, payload } : undefined;
}

/** The close reason of a malformed credential. It has at most 123 bytes (RFC 6455, section 5.5). */
export const MALFORMED_CREDENTIAL: string = 'Send one token, as "Bearer <token>", in connectionParams.authorization.';

/** The same where connectionParams alone have one token, and the upgrade request has something else. */
export const DIFFERING_CREDENTIALS =
  'connectionParams.authorization and the credential of the upgrade request differ. Send one.';

/** The parameters that can hold a credential. One that is no string is malformed, as an empty string is. */
export function credentialParameters(parameters: unknown): CredentialHeaders {
  const valuesOf = (name: string) =>
    parametersNamed(name, parameters).map((value) => (typeof value === 'string' ? value : ''));
  return { authorization: valuesOf('authorization'), 'api-token': valuesOf('api-token') };
}

/** Every value of a parameter, whose name counts in any case as that of a header does. */
export function parametersNamed(wanted: string, parameters: unknown): unknown[] {
  return Object.entries(isRecord(parameters) ? parameters : {})
    .filter(([name, value]) => name.toLowerCase() === wanted && value != null)
    .map(([, value]) => value);
}

/**
 * The distinct credentials of all sources: one token is one, however its scheme is written and spaced. A source with two of
 * them is malformed even where they are equal, so both count.
 */
export function distinct(sources: readonly (readonly string[])[]): string[] {
  const all = sources.flat();
  if (sources.some(({ length }) => length > 1)) return all;
  return [...new Map(all.map((authorization) => [bearerOf([authorization]) ?? authorization, authorization])).values()];
}

/** Headers of the upgrade request that concern its operations. Browsers cannot send them; other clients can. */
export interface UpgradeHeaders {
  readonly credentials: CredentialHeaders;
  readonly hasIdempotencyKey: boolean;
}
