import type { ASTNode, SourceLocation } from 'graphql';
import type { Failure } from './question.js';
import { APP, bitsOf, CREDENTIAL, holds, type Requirement, type Requirements, USER } from './requirement.js';

/** Who asks, as the engine sees it. Scopes are given as credentials carry them; unknown ones are ignored. */
export type Caller =
  | { readonly kind: 'ANONYMOUS' }
  | {
      readonly kind: 'APP';
      readonly scopes: Iterable<string>;
      /** How a sentence begins that speaks of the caller: `The app token "shop"`. */
      readonly name: string;
    }
  | {
      readonly kind: 'USER';
      readonly userId: string;
      readonly scopes: Iterable<string>;
      /** How a sentence begins that speaks of the caller: `The user alice`. */
      readonly name: string;
    };

/** Why one coordinate is refused. Scopes are names of the enum `Scope`, in its order. */
export interface Denial {
  readonly coordinate: string;
  readonly message: string;
  /** Every place in the document where the coordinate is refused; empty without location information. */
  readonly locations: readonly SourceLocation[];
  /** The last two: nobody knows whether it would have been refused. */
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN' | 'UNAVAILABLE' | 'INTERNAL_SERVER_ERROR';
  readonly reason?: 'TOKEN_MISSING' | 'SESSION_REQUIRED' | 'APP_TOKEN_REQUIRED';
  readonly requiredScopes: readonly string[];
  /** Empty where scopes do not help: no credential of this kind passes. */
  readonly missingScopes: readonly string[];
}

/** A denial in the shape of a response's `errors`. */
export interface FormattedDenial {
  readonly message: string;
  readonly locations?: readonly SourceLocation[];
  readonly extensions: Omit<Denial, 'message' | 'locations'>;
}

/** A coordinate that was judged and refused, before it is put into words. */
export interface Refused {
  readonly coordinate: string;
  readonly alternatives: readonly Requirement[];
  readonly nodes: Iterable<ASTNode>;
  /** The look-up of the owner failed: nobody knows. */
  readonly failure?: Failure | undefined;
}

/** How denials speak. */
export interface Wording {
  readonly requirements: Requirements;
  /** The wire form of a scope: `points:add`. */
  readonly scopeLabel: (name: string) => string;
  /** A sentence that says how this caller gets the scopes that are missing, given by their names. */
  readonly advice?: ((missing: readonly string[], caller: Caller) => string | undefined) | undefined;
}

/** Puts a refusal into words: who the caller is, what is missing, how to get it. Nothing is thrown, no stack is taken. */
export function describeDenial(
  refused: Refused,
  { caller, held }: { readonly caller: Caller; readonly held: bigint },
  wording: Wording,
): Denial {
  return prepareDenial(refused, held, wording)(caller);
}

/** The same for every caller who holds certain bits: what is left to be said is their name. */
export function prepareDenial(refused: Refused, held: bigint, wording: Wording): (caller: Caller) => Denial {
  const { requirements } = wording;
  const cheapest = cheapestOf(refused.alternatives, (one) => {
    const lacking = bitsOf(one) & ~held;
    // Scopes can be had; another kind of credential is the last thing to ask for.
    return requirements.names(lacking).length + ((lacking & (APP | USER)) === 0n ? 0 : requirements.scopes.length);
  });
  const lacking = bitsOf(cheapest) & ~held;
  const base = {
    coordinate: refused.coordinate,
    locations: [...refused.nodes].flatMap(({ loc }) =>
      loc ? [{ line: loc.startToken.line, column: loc.startToken.column }] : [],
    ),
    requiredScopes: requirements.names(bitsOf(cheapest)),
    missingScopes: requirements.names(lacking),
  };
  const scopes = (names: readonly string[]) => list(names.map(wording.scopeLabel));
  const advice = (caller: Caller) => wording.advice?.(base.missingScopes, caller);

  if (refused.failure !== undefined) {
    const isPassing = refused.failure === 'UNAVAILABLE';
    const message = speak(
      `Whether ${base.coordinate} is the caller's own could not be found out.`,
      isPassing ? 'Try again shortly.' : undefined,
    );
    const code = isPassing ? 'UNAVAILABLE' : 'INTERNAL_SERVER_ERROR';
    return () => ({ ...base, code, missingScopes: [], message });
  }
  if (held === NOTHING) {
    const credential =
      (lacking & APP) !== 0n ? 'an app token' : (lacking & USER) !== 0n ? 'a logged-in session' : 'a credential';
    const needed = [credential, scopes(base.missingScopes)].filter(Boolean).join(' with ');
    const message = `${base.coordinate} requires ${needed}. None was sent.`;
    return (caller) => ({
      ...base,
      code: 'UNAUTHENTICATED',
      reason: 'TOKEN_MISSING',
      message: speak(message, advice(caller)),
    });
  }
  if ((lacking & (APP | USER)) !== 0n) {
    const isForApps = (lacking & APP) !== 0n;
    const needed = `${base.coordinate} requires ${isForApps ? 'an app token' : 'a logged-in session'}.`;
    const reason = isForApps ? 'APP_TOKEN_REQUIRED' : 'SESSION_REQUIRED';
    return (caller) => ({
      ...base,
      code: 'FORBIDDEN',
      reason,
      missingScopes: [],
      message: `${needed} ${nameOf(caller)} is none.`,
    });
  }
  // With all else in place, ownership was what decided.
  const isForeign = holds(held, USER) && cheapest.owned.length > 0 && holds(held, cheapest.needs);
  const needed = `${base.coordinate} requires ${scopes(base.requiredScopes)}.`;
  const lacks = `lacks ${scopes(base.missingScopes)}${isForeign ? ', and this is not their own' : ''}.`;
  return (caller) => ({
    ...base,
    code: 'FORBIDDEN',
    message: speak(needed, `${nameOf(caller)} ${lacks}`, advice(caller)),
  });
}

/** Who sent no credential holds nothing, not even the bit for having one. */
const NOTHING = 0n;

function nameOf(caller: Caller): string {
  return caller.kind === 'ANONYMOUS' ? 'Nobody' : caller.name;
}

function speak(...sentences: (string | undefined)[]): string {
  return sentences.filter(Boolean).join(' ');
}

/** The denial as an error of a response. */
export function formatDenial({ message, locations, ...extensions }: Denial): FormattedDenial {
  return { message, ...(locations.length > 0 && { locations }), extensions };
}

/** The alternative with the least cost; there is always one. */
export function cheapestOf(alternatives: readonly Requirement[], cost: (one: Requirement) => number): Requirement {
  const nothing: Requirement = { needs: CREDENTIAL, owned: [] };
  return alternatives.reduce((best, one) => (cost(one) < cost(best) ? one : best), alternatives[0] ?? nothing);
}

/** "`a`", "`a` and `b`", "`a`, `b` and `c`". */
export function list(labels: readonly string[]): string {
  const quoted = labels.map((label) => `\`${label}\``);
  return quoted.length < 2 ? quoted.join() : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}
