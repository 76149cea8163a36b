/** What a client authenticates with. */
import { type Endpoint, post } from './post.js';
import type { Response } from './response.js';
import type { TypedDocument } from './typed-document.js';

/** A `Session` is one; an app token has nothing to renew. */
export interface Credential {
  /** What the next request sends; undefined: nothing. */
  accessToken(): Promise<string | undefined>;
  /** Another token in place of one that was rejected; undefined: there is none. */
  renew(used: string): Promise<string | undefined>;
}

export function asCredential(credential: string | Credential | undefined): Credential {
  if (typeof credential === 'object') return credential;
  return { accessToken: async () => credential, renew: async () => undefined };
}

interface Request<Data, Variables> {
  readonly document: TypedDocument<Data, Variables>;
  readonly variables: Variables | undefined;
  /** Whether two requests have the effect of one: a query, or a change with an idempotency key. */
  readonly isRepeatable: boolean;
}

/**
 * Sends an operation once, or twice where the first token was rejected. A response with data had fields that ran before the
 * token ended: only an operation that is repeatable is sent again then.
 */
export async function postAs<Data, Variables>(
  endpoint: Endpoint,
  credential: Credential,
  { document, variables, isRepeatable }: Request<Data, Variables>,
): Promise<Response<Data>> {
  const token = await credential.accessToken();
  const response = await post(endpoint, token, document, variables);
  const isRejected = response.errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED') ?? false;
  if (!isRejected || token === undefined || !(isRepeatable || response.data === undefined)) return response;
  const other = await credential.renew(token);
  return other === undefined ? response : await post(endpoint, other, document, variables);
}
