import type { TokenDetailsQuery, UpdateTokenInput } from '../../generated.js';
import { exactTime } from '../display/exact-time.js';
import { EXPIRIES, type Expiry, expiryOf, today } from './expiry.js';
import type { FieldErrors } from './issue-values.js';
import { type LimitValues, limitErrors, limitsInput, limitValues } from './limits.js';
import { parseNetworks } from './networks.js';

type Token = NonNullable<TokenDetailsQuery['token']>;

/** What can be changed of a token. */
export interface EditValues {
  readonly name: string;
  readonly expiry: string;
  readonly lastDay: string;
  readonly limits: LimitValues;
  /** One per line. */
  readonly networks: string;
}

const UNCHANGED = 'unchanged';

/** The expiry options of a token that exists. */
export function editExpiries({ expiresAt }: Token): readonly Expiry[] {
  return [{ value: UNCHANGED, label: `Unchanged: ${expiresAt ? exactTime(expiresAt) : 'never'}` }, ...EXPIRIES];
}

/** The values of a token as it is. */
export function valuesOf({ name, limits, networks }: Token): EditValues {
  return { name, expiry: UNCHANGED, lastDay: '', limits: limitValues(limits), networks: networks.join('\n') };
}

/** What is wrong with the values, by the paths of the fields in their order. */
export function editErrors({ name, expiry, lastDay, limits, networks }: EditValues): FieldErrors {
  const parsed = parseNetworks(networks);
  return {
    ...(name.trim() === '' && { name: 'Enter a name.' }),
    ...(expiry === 'custom' && lastDay < today() && { lastDay: 'Choose a future day.' }),
    ...Object.fromEntries(Object.entries(limitErrors(limits)).map(([key, error]) => [`limits.${key}`, error])),
    ...(parsed.kind === 'INVALID' && { networks: parsed.message }),
  };
}

/** The input of the mutation with what differs from the token; undefined: nothing does. */
export function changesOf(token: Token, values: EditValues): UpdateTokenInput | undefined {
  const name = values.name.trim();
  const limits = limitsInput(values.limits);
  const parsed = parseNetworks(values.networks);
  const networks = parsed.kind === 'VALID' ? [...parsed.networks] : [];
  const changes = {
    ...(name !== token.name && { name }),
    ...(values.expiry !== UNCHANGED && { expiresAt: expiryOf(values) }),
    ...(!isSame(limits, limitsInput(limitValues(token.limits))) && { limits }),
    ...(!isSame(networks, token.networks) && { networks: networks.length === 0 ? null : networks }),
  };
  return Object.keys(changes).length === 0 ? undefined : { id: token.id, ...changes };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
