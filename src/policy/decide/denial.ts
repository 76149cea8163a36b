import type { ASTNode, SourceLocation } from 'graphql';
import {
  type CredentialKind,
  holds,
  kindOf,
  lacking,
  NONE,
  type Permissions,
  SESSION,
} from '../compile/permissions.js';
import { cheapest, permissionsOf, type Requirement, type Requirements } from '../compile/requirement.js';
import type { LookupFailure } from './owner-lookups.js';

/** One denied coordinate with its reason. */
export type Denial = DeniedCoordinate & DenialReason;

interface DeniedCoordinate {
  readonly coordinate: string;
  /** Every position in the document where the coordinate is denied; empty without location information. */
  readonly positions: readonly SourceLocation[];
  /** All scopes that the coordinate requires, by their names in the enum's order. */
  readonly requiredScopes: readonly string[];
  /** Those of them that the caller lacks. */
  readonly missingScopes: readonly string[];
  /** The choices that the coordinate requires, each as the scopes of which one is needed. */
  readonly requiredAnyScopes: readonly (readonly string[])[];
  /** Those of them of which the caller holds no scope. */
  readonly missingAnyScopes: readonly (readonly string[])[];
}

type DenialReason =
  /** The request has no credential. `credential` is the only kind that passes; undefined: any. */
  | { readonly kind: 'NO_CREDENTIAL'; readonly credential: CredentialKind | undefined }
  /** The credential is of another kind than the only one that passes. */
  | { readonly kind: 'WRONG_CREDENTIAL'; readonly credential: CredentialKind }
  /** `isNotOwner`: the owner would have passed without the scopes. `credential` is the only kind that passes, as above. */
  | { readonly kind: 'MISSING_SCOPES'; readonly isNotOwner: boolean; readonly credential: CredentialKind | undefined }
  /** It gives access to others, which this caller may not do, whatever the scopes. */
  | { readonly kind: 'DELEGATION' }
  /** Whether the caller is the owner is unknown, because the look-up failed. */
  | { readonly kind: 'OWNER_UNKNOWN'; readonly failure: LookupFailure };

/** A coordinate whose requirement the caller does not meet. */
export interface UnmetRequirement {
  readonly coordinate: string;
  readonly alternatives: readonly Requirement[];
  readonly nodes: Iterable<ASTNode>;
  /** Why the owner could not be looked up; absent: nothing failed. */
  readonly failure?: LookupFailure | undefined;
  /** Whether it gives access to others, which the caller may not do. */
  readonly isDelegation?: boolean;
}

/** The denial of a coordinate to any caller who holds these permissions, by the alternative that is closest to met. */
export function createDenial(unmet: UnmetRequirement, held: Permissions, requirements: Requirements): Denial {
  const closest = cheapest(unmet.alternatives, (one) => {
    const missing = lacking(permissionsOf(one), held);
    // Callers can be given scopes. Another kind of credential is the last thing to ask for.
    return requirements.scopeCount(missing) + (kindOf(missing) === undefined ? 0 : requirements.scopes.length);
  });
  const missing = lacking(permissionsOf(closest), held);
  return {
    coordinate: unmet.coordinate,
    positions: [...unmet.nodes].flatMap(({ loc }) =>
      loc ? [{ line: loc.startToken.line, column: loc.startToken.column }] : [],
    ),
    requiredScopes: requirements.scopesIn(permissionsOf(closest)),
    missingScopes: requirements.scopesIn(missing),
    requiredAnyScopes: requirements.anyScopesIn(permissionsOf(closest)),
    missingAnyScopes: requirements.anyScopesIn(missing),
    ...(unmet.isDelegation ? DELEGATION : reasonOf({ closest, missing, held, failure: unmet.failure })),
  };
}

const DELEGATION: DenialReason = { kind: 'DELEGATION' };

function reasonOf({
  closest,
  missing,
  held,
  failure,
}: {
  readonly closest: Requirement;
  readonly missing: Permissions;
  readonly held: Permissions;
  readonly failure: LookupFailure | undefined;
}): DenialReason {
  if (failure !== undefined) return { kind: 'OWNER_UNKNOWN', failure };
  const credential = kindOf(missing);
  if (held === NONE) return { kind: 'NO_CREDENTIAL', credential };
  if (credential !== undefined) return { kind: 'WRONG_CREDENTIAL', credential };
  const couldBeOwner = closest.ownerRules.length > 0 && holds(held, SESSION) && holds(held, closest.needs);
  return { kind: 'MISSING_SCOPES', isNotOwner: couldBeOwner, credential: kindOf(permissionsOf(closest)) };
}
