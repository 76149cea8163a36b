import type { SourceLocation } from 'graphql';
import type { CredentialKind } from '../compile/permissions.js';
import type { Caller } from '../decide/caller.js';
import type { Denial } from '../decide/denial.js';
import { quoteScopes } from './quote-list.js';

/** How messages show scopes, and what they advise. */
export interface MessageFormat {
  /** The wire form of a scope: `points:add`. */
  readonly scopeLabel: (name: string) => string;
  /** How this caller gets the scopes that are missing. */
  readonly advice?: ((shortfall: Shortfall) => string | undefined) | undefined;
}

/** What a caller lacks. */
export interface Shortfall {
  /** The scopes that are missing, by their names; of a choice the first. None for a caller who may not give access to others. */
  readonly missing: readonly string[];
  readonly caller: Caller;
  /** The only kind of credential that passes; undefined: any. */
  readonly credential: CredentialKind | undefined;
}

/** A denial as clients see it. Scopes are names of the enum `Scope`, in its order. */
export interface DescribedDenial {
  readonly coordinate: string;
  readonly message: string;
  /** Every position in the document where the coordinate is denied; empty without location information. */
  readonly locations: readonly SourceLocation[];
  /** The last two: the look-up of the owner failed, so that nothing else is known. */
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN' | 'UNAVAILABLE' | 'INTERNAL_SERVER_ERROR';
  readonly reason?: 'TOKEN_MISSING' | 'SESSION_REQUIRED' | 'APP_TOKEN_REQUIRED' | 'LIMITED_TOKEN';
  readonly requiredScopes: readonly string[];
  /** Empty where scopes do not help: no credential of this kind passes, or the caller may not give access to others. */
  readonly missingScopes: readonly string[];
  /** Lists of scopes: one of each is missing. Absent where none is. */
  readonly requiredAnyScopes?: readonly (readonly string[])[];
}

export function describeDenial(denial: Denial, caller: Caller, format: MessageFormat): DescribedDenial {
  const { coordinate, positions: locations, requiredScopes, missingScopes } = denial;
  const base = { coordinate, message: messageOf(denial, caller, format), locations, requiredScopes };
  const { missingAnyScopes } = denial;
  const anyScopes = missingAnyScopes.length > 0 && { requiredAnyScopes: missingAnyScopes };
  switch (denial.kind) {
    case 'NO_CREDENTIAL':
      return { ...base, code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING', missingScopes, ...anyScopes };
    case 'WRONG_CREDENTIAL': {
      const reason = denial.credential === 'APP' ? 'APP_TOKEN_REQUIRED' : 'SESSION_REQUIRED';
      return { ...base, code: 'FORBIDDEN', reason, missingScopes: [] };
    }
    case 'MISSING_SCOPES':
      return { ...base, code: 'FORBIDDEN', missingScopes, ...anyScopes };
    case 'DELEGATION':
      return { ...base, code: 'FORBIDDEN', reason: 'LIMITED_TOKEN', missingScopes: [] };
    case 'OWNER_UNKNOWN': {
      const code = denial.failure === 'UNAVAILABLE' ? 'UNAVAILABLE' : 'INTERNAL_SERVER_ERROR';
      return { ...base, code, missingScopes: [] };
    }
  }
}

/** A denial in the shape of a response's `errors`. */
export interface FormattedDenial {
  readonly message: string;
  readonly locations?: readonly SourceLocation[];
  readonly extensions: Omit<DescribedDenial, 'message' | 'locations'>;
}

/** A denial as an error of a response. */
export function formatDenial({ message, locations, ...extensions }: DescribedDenial): FormattedDenial {
  return { message, ...(locations.length > 0 && { locations }), extensions };
}

/** What is required, what the caller has instead, and what to do about it. */
function messageOf(denial: Denial, caller: Caller, { scopeLabel, advice }: MessageFormat): string {
  const { coordinate } = denial;
  const { requiredScopes, requiredAnyScopes, missingScopes, missingAnyScopes } = denial;
  const required = quoteScopes(requiredScopes, requiredAnyScopes, scopeLabel);
  const missing = quoteScopes(missingScopes, missingAnyScopes, scopeLabel);
  const firstOfEach = missingAnyScopes.flatMap(([first]) => first ?? []);
  const advise = (credential: CredentialKind | undefined) =>
    advice?.({ missing: [...missingScopes, ...firstOfEach], caller, credential });
  switch (denial.kind) {
    case 'NO_CREDENTIAL': {
      const credential = [CREDENTIALS[denial.credential ?? 'ANY'], missing].filter(Boolean).join(' with ');
      const problem = `${coordinate} requires ${credential}, but none was sent.`;
      return sentences(problem, advise(denial.credential));
    }
    case 'WRONG_CREDENTIAL':
      return `${coordinate} requires ${CREDENTIALS[denial.credential]}, but the caller is ${nameOf(caller)}.`;
    case 'MISSING_SCOPES': {
      const owner = denial.isNotOwner ? ' and is not the owner' : '';
      const problem = `${coordinate} requires ${required}, but ${nameOf(caller)} lacks ${missing}${owner}.`;
      return sentences(problem, advise(denial.credential));
    }
    case 'DELEGATION': {
      const problem = `${coordinate} gives access to others, which ${nameOf(caller)} may not: it is limited.`;
      return sentences(problem, advice?.({ missing: [], caller, credential: undefined }));
    }
    case 'OWNER_UNKNOWN': {
      const problem = `Whether the caller is the owner for ${coordinate} could not be checked.`;
      return sentences(problem, denial.failure === 'UNAVAILABLE' ? 'Retry shortly.' : undefined);
    }
  }
}

const CREDENTIALS: Readonly<Record<CredentialKind | 'ANY', string>> = {
  APP: 'an app token',
  USER: 'a logged-in session',
  ANY: 'a credential',
};

function nameOf(caller: Caller): string {
  return caller.kind === 'ANONYMOUS' ? 'anonymous' : caller.name;
}

function sentences(...all: (string | undefined)[]): string {
  return all.filter(Boolean).join(' ');
}
