import { observable } from '../shared/observable.js';

const STORAGE_KEY = 'scrip:token';

/**
 * The token that this browser tab sends, or undefined. It lives in `sessionStorage`, so that it survives a reload
 * and ends with the tab; it is never part of the URL, a GraphiQL tab or the history.
 */
export const bearerToken = observable(sessionStorage.getItem(STORAGE_KEY) ?? undefined);

bearerToken.subscribe(() => {
  const token = bearerToken.get();
  if (token === undefined) sessionStorage.removeItem(STORAGE_KEY);
  else sessionStorage.setItem(STORAGE_KEY, token);
});

/**
 * Reads a token out of pasted text; undefined if there is none (RFC 6750, section 2.1).
 * White space around it and the word `Bearer` before it are dropped.
 */
export function parseBearerToken(text: string): string | undefined {
  return /^\s*(?:bearer\s+)?([A-Za-z0-9\-._~+/]+=*)\s*$/i.exec(text)?.[1];
}
