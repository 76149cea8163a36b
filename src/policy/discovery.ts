import type { Catalogue } from './catalogue.js';
import { cheapestOf, list } from './denial.js';
import type { Plan } from './plan.js';
import { APP, bitsOf, both, type Requirement, type Requirements, USER } from './requirement.js';

/** What one coordinate requires. Scopes are names of the enum `Scope`, in its order. */
export interface FieldRequirement {
  readonly coordinate: string;
  readonly scopes: readonly string[];
  /** Whether a logged-in user may do without some of the scopes for what is their own. */
  readonly ownerAllowed: boolean;
  /** Whether no credential is needed. */
  readonly public: boolean;
  /** The only kind of credential that passes; absent: any. */
  readonly kind?: 'APP' | 'USER';
}

/** What an operation requires. */
export interface RequiredScopes {
  /** All that an app token needs, in the enum's order. */
  readonly scopes: readonly string[];
  /** Each selected field and each argument or input field that is named, in the order of the document. */
  readonly fields: readonly FieldRequirement[];
}

/**
 * What the operation of a plan requires of its caller. Where a result may be of several types, the least demanding one
 * counts; what variables supply by their fields shows only when they are sent.
 */
export function requiredScopesOf(plan: Plan, requirements: Requirements): RequiredScopes {
  const cheapest = (alternatives: readonly Requirement[]) =>
    cheapestOf(alternatives, (one) => requirements.names(bitsOf(one)).length);
  const met = new Map<string, Requirement>();
  const meet = (coordinate: string, requirement: Requirement) =>
    met.set(coordinate, both(met.get(coordinate) ?? requirement, requirement));
  for (const { coordinate, alternatives } of plan.sites) meet(coordinate, cheapest(alternatives));
  for (const { coordinate, needs } of plan.probes) if (needs !== 0n) meet(coordinate, { needs, owned: [] });
  return {
    scopes: requirements.names([...met.values()].reduce((bits, requirement) => bits | bitsOf(requirement), 0n)),
    fields: [...met].map(([coordinate, requirement]) => fieldRequirement(coordinate, requirement, requirements)),
  };
}

/** A requirement as it is told to the outside. */
function fieldRequirement(coordinate: string, requirement: Requirement, requirements: Requirements): FieldRequirement {
  const bits = bitsOf(requirement);
  return {
    coordinate,
    scopes: requirements.names(bits),
    ownerAllowed: requirement.owned.length > 0,
    public: bits === 0n,
    ...((bits & APP) !== 0n ? { kind: 'APP' } : (bits & USER) !== 0n && { kind: 'USER' }),
  };
}

/**
 * The whole policy as a Markdown table: a row for each field and each protected argument or input field, a column for
 * each scope. A filled mark is a scope that is required, a hollow one a scope that the owner does without.
 */
export function matrixOf({ requirements, entries }: Catalogue, scopeLabel: (name: string) => string): string {
  const header = ['coordinate', 'credential', ...requirements.scopes.map((scope) => list([scopeLabel(scope)]))];
  const rows = [...entries].flatMap(([coordinate, { kind, requirement }]) => {
    const bits = bitsOf(requirement);
    if (kind === 'TYPE' || (kind === 'INPUT' && bits === 0n)) return [];
    const credential =
      (bits & APP) !== 0n ? 'app token' : (bits & USER) !== 0n ? 'session' : bits === 0n ? 'none' : 'any';
    const marks = requirements.scopes.map((scope) => {
      const bit = requirements.bit(scope);
      return (requirement.needs & bit) !== 0n ? '●' : (bits & bit) !== 0n ? '○' : '';
    });
    return [[list([coordinate]), credential, ...marks]];
  });
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
