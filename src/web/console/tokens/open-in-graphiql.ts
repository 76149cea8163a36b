import { bearerToken } from '../../graphiql/bearer-token.js';

/**
 * Opens GraphiQL in a new tab that holds this token. A tab begins with a copy of the `sessionStorage` of the one that
 * opens it: the token is there for as long as that takes, and never in the address.
 */
export function openInGraphiql(secret: string): void {
  const kept = bearerToken.get();
  bearerToken.set(secret);
  window.open('/graphql');
  bearerToken.set(kept);
}
