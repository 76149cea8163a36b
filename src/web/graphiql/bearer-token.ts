import { createContext, useContext } from 'react';
import { basePath } from '../shared/base-path.js';
import { type Observable, observable } from '../shared/observable.js';

/** One origin can have several installations, each with a path of its own. */
const STORAGE_KEY = `scrip:token${basePath}`;

/** The token that this browser tab sends; undefined: none. */
export type BearerToken = Observable<string | undefined>;

export const BearerTokenContext = createContext<BearerToken | undefined>(undefined);

/** The token of this browser tab. */
export function useBearerToken(): BearerToken {
  const token = useContext(BearerTokenContext);
  if (!token) throw new Error('The page has no token store.');
  return token;
}

/**
 * Restores the token from before a reload of this tab. Changes are stored in `sessionStorage`, which ends with the tab. The
 * token is never part of the URL, of GraphiQL's tabs or of its history.
 */
export function restoreBearerToken(): BearerToken {
  const bearerToken = observable(sessionStorage.getItem(STORAGE_KEY) ?? undefined);
  bearerToken.subscribe(() => {
    const token = bearerToken.get();
    if (token === undefined) sessionStorage.removeItem(STORAGE_KEY);
    else sessionStorage.setItem(STORAGE_KEY, token);
  });
  return bearerToken;
}

/**
 * Reads a token out of pasted text; undefined if there is none (RFC 6750, section 2.1).
 * White space around it and the word `Bearer` before it are dropped.
 */
export function parseBearerToken(text: string): string | undefined {
  return /^\s*(?:bearer\s+)?([A-Za-z0-9\-._~+/]+=*)\s*$/i.exec(text)?.[1];
}
