import { randomUUID } from 'node:crypto';
import { ISSUER } from './client.js';
import type { FaultyDatabase } from './database.js';

/** A first add of points, which creates its user, and what its responses confirmed. */
export interface FirstAdd {
  readonly externalId: string;
  /** The user of the first response that confirmed it; undefined: there was none. */
  readonly userId: string | undefined;
}

/** What a response to a first add confirms. */
interface Confirmed {
  readonly replayed: boolean;
  readonly userCreated: boolean;
  readonly user: { readonly id: string };
  readonly entry: { readonly sequence: number; readonly delta: number; readonly balanceAfter: number };
}

const POINTS = 5;

const FIRST_ADD = `mutation ($input: AddPointsInput!) {
  change: addPoints(input: $input) { replayed userCreated user { id } entry { sequence delta balanceAfter } }
}`;

/**
 * Adds points to an external id that no user has, over all nodes at once and then over one of them again, under one key.
 *
 * @param change sends a change to a node; resolves to what it confirmed, undefined without that.
 */
export async function addFirst(
  urls: readonly string[],
  change: (url: string, query: string, variables: object) => Promise<Confirmed | undefined>,
): Promise<{ firstAdd: FirstAdd; violations: string[] }> {
  const externalId = randomUUID();
  const external = { issuer: ISSUER, id: externalId };
  const input = { user: { external }, points: POINTS, ifMissing: {}, idempotencyKey: externalId };
  const add = (url: string) => change(url, FIRST_ADD, { input });
  const atOnce = await Promise.all(urls.map(add));
  const again = await Promise.all(urls.slice(0, 1).map(add));
  const confirmed = [...atOnce, ...again].filter((response) => response !== undefined);
  return {
    firstAdd: { externalId, userId: confirmed[0]?.user.id },
    violations: contradictions(confirmed).map((what) => `I12: the first add of ${externalId} ${what}`),
  };
}

/** What the responses to one first add cannot all say. */
function contradictions(confirmed: readonly Confirmed[]): string[] {
  const count = (is: (response: Confirmed) => boolean) => confirmed.filter(is).length;
  return [
    ...(new Set(confirmed.map(({ user }) => user.id)).size > 1 ? ['was confirmed for more than one user'] : []),
    ...(count(({ userCreated }) => userCreated) > 1 ? ['created its user more than once'] : []),
    ...(count(({ replayed }) => !replayed) > 1 ? ['was made more than once'] : []),
    ...(count(({ entry }) => !isFirstEntry(entry)) > 0 ? ['was not confirmed as the first entry of its user'] : []),
  ];
}

function isFirstEntry({ sequence, delta, balanceAfter }: Confirmed['entry']): boolean {
  return sequence === 1 && delta === POINTS && balanceAfter === POINTS;
}

/** The first adds that the database has lost, or has more than once. One sentence for each violation. */
export async function wrongFirstAdds(database: FaultyDatabase, firstAdds: readonly FirstAdd[]): Promise<string[]> {
  const rows = await database.query(
    `select x.external_id, x.user_id, b.points::float8, b.sequence
       from external_ids x join users u on u.id = x.user_id and u.deleted_at is null
       join balances b on b.user_id = x.user_id
      where x.issuer = $1 and x.external_id = any($2)`,
    [ISSUER, firstAdds.map(({ externalId }) => externalId)],
  );
  return firstAdds.flatMap(({ externalId, userId }) => {
    const kept = rows.filter(({ external_id }) => external_id === externalId);
    const [user] = kept;
    const isAdded = user?.['points'] === POINTS && user['sequence'] === 1;
    const isUntouched = user?.['points'] === 0 && user['sequence'] === 0;
    if (kept.length > 1) return [`I12: ${kept.length} users have the external id ${externalId}`];
    if (userId !== undefined && !(user?.['user_id'] === userId && isAdded))
      return [`I12: the first add of ${externalId} was confirmed, and is lost`];
    if (user !== undefined && !isAdded && !isUntouched)
      return [`I12: the user of ${externalId} has other points than the first add`];
    return [];
  });
}
