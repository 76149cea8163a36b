import type { TestServer } from '../../support/server.js';

/**
 * Reads what is held of a user past HTTP.
 *
 * @throws when it is not the sum of the user's open holds, or the moment at which the first one expires is wrong.
 */
export async function keptHolds({ database }: Pick<TestServer, 'database'>, userId: string): Promise<number> {
  const [kept] = await database.query(
    `select b.held::float8, h.held::float8 as sum, b.holds_until is not distinct from h.until as "isTimed"
       from balances b,
            (select coalesce(sum(points), 0) as held, min(expires_at) as until from holds
              where user_id = $1 and state = 'HELD') h
      where b.user_id = $1`,
    [userId],
  );
  if (kept?.['held'] !== kept?.['sum'] || kept?.['isTimed'] !== true) {
    throw new Error(`The balance does not agree with its holds: ${JSON.stringify(kept)}.`);
  }
  return Number(kept?.['held']);
}

/** Moves the time at which a hold expires into the past, as if the time had passed. */
export async function expire({ database }: Pick<TestServer, 'database'>, holdId: string): Promise<void> {
  const [userId, number] = holdId.split('.h');
  await database.query(
    `update holds set created_at = now() - interval '2 s', expires_at = now() - interval '1 s'
      where user_id = $1 and number = $2`,
    [userId, Number(number)],
  );
  await database.query(
    `update balances set holds_until = (select min(expires_at) from holds where user_id = $1 and state = 'HELD')
      where user_id = $1`,
    [userId],
  );
}
