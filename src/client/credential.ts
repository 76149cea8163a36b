/** What a client authenticates with. */
import { type Endpoint, post, type Response } from './post.js';
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

/** Sends an operation once, or twice where the first token was rejected: nothing ran then. */
export async function postAs<Data, Variables>(
  endpoint: Endpoint,
  credential: Credential,
  document: TypedDocument<Data, Variables>,
  variables: Variables | undefined,
): Promise<Response<Data>> {
  const token = await credential.accessToken();
  const response = await post(endpoint, token, document, variables);
  const isRejected = response.errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED') ?? false;
  const other = isRejected && token !== undefined ? await credential.renew(token) : undefined;
  return other === undefined ? response : await post(endpoint, other, document, variables);
}
