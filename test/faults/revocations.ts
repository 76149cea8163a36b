import { setTimeout as delay } from 'node:timers/promises';
import { perform, send } from './client.js';
import type { FaultyDatabase } from './database.js';
import type { Operation } from './operation-log.js';

export interface RevocationOptions {
  readonly database: FaultyDatabase;
  /** The addresses of the nodes. */
  readonly urls: readonly string[];
  /** A token that may do everything; the tokens that are revoked have its owner. */
  readonly secret: string;
  readonly userIds: readonly string[];
  /** Names the run, so that its keys are its own. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** The changes with tokens that were revoked meanwhile, and when each revocation was confirmed. */
export interface RevocationLog {
  readonly operations: Operation[];
  readonly revocations: Revocation[];
}

/** `revokedAt` is the database's time of the response, as text: a JavaScript date has no microseconds. */
export interface Revocation {
  readonly tokenId: string;
  readonly revokedAt: string;
}

/**
 * Adds points to all users with a token, and revokes it meanwhile, with one token after the other: by turns over another
 * node, and while the changes of one account wait for it.
 */
export async function revokeAgain(options: RevocationOptions): Promise<RevocationLog> {
  const { urls, secret, userIds, name, signal } = options;
  const log: RevocationLog = { operations: [], revocations: [] };
  for (let count = 0; !signal.aborted; count++) {
    const [user = '', revoker = user] = count % 4 < 2 ? urls : urls.toReversed();
    const token = await issue(user, secret);
    if (token === undefined) continue;
    const operations = userIds.map(
      (userId, nth): Operation => ({
        key: `${name}/revoked/${count}/${nth}`,
        userId,
        kind: 'ADD',
        points: 1,
        outcomes: [],
      }),
    );
    log.operations.push(...operations);
    const change = () => Promise.all(operations.map((operation) => perform(user, token.secret, operation)));
    const revokedAt =
      count % 2 === 0
        ? await revokeOverHttp(revoker, token.id, change, options)
        : await revokeBeforeLock(token.id, change, options);
    if (revokedAt !== undefined) log.revocations.push({ tokenId: token.id, revokedAt });
  }
  return log;
}

const ISSUE = `
  mutation { issueToken(input: { name: "to be revoked", scopes: [POINTS_ADD] }) { secret token { id } } }
`;
const REVOKE = 'mutation ($id: ID!) { revokeToken(input: { id: $id }) { token { state } } }';

async function issue(url: string, secret: string): Promise<{ id: string; secret: string } | undefined> {
  const issued = (await send(url, secret, ISSUE, {}))?.data?.issueToken;
  return issued == null ? undefined : { id: issued.token.id, secret: issued.secret };
}

/** Returns the time at which the revocation was confirmed; undefined where it was not. */
async function revokeOverHttp(
  url: string,
  id: string,
  change: () => Promise<unknown>,
  { database, secret }: RevocationOptions,
): Promise<string | undefined> {
  const changed = change();
  await delay(Math.random() * 100);
  const state = (await send(url, secret, REVOKE, { id }))?.data?.revokeToken?.token?.state;
  const rows = state === 'REVOKED' ? await database.query(CLOCK).catch(() => []) : [];
  await changed;
  return rows[0] === undefined ? undefined : String(rows[0]['now']);
}

/**
 * The same past HTTP, which takes longer than a statement waits for a lock: a statement that was sent before the
 * revocation locks the account after it.
 */
async function revokeBeforeLock(
  id: string,
  change: () => Promise<unknown>,
  { database, userIds }: RevocationOptions,
): Promise<string | undefined> {
  let revokedAt: string | undefined;
  let changed: Promise<unknown> = Promise.resolve();
  const hold = database.session(async (holder) => {
    await database.session(async (revoker) => {
      await holder.query('begin');
      await holder.query('select 1 from balances where user_id = $1 for update', [userIds.at(-1)]);
      changed = change();
      for (let polls = 0; polls < 100 && (await revoker.query(WAITING)).rows.length === 0; polls++) await delay(2);
      await revoker.query('update tokens set revoked_at = now() where id = $1', [id]);
      revokedAt = String((await revoker.query(CLOCK)).rows[0].now);
      await holder.query('commit');
    });
  });
  await hold.catch(() => {}); // the fault ended one of the sessions
  await changed;
  return revokedAt;
}

const CLOCK = 'select clock_timestamp()::text as now';
const WAITING = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%apply_points%'`;

/** Changes that were made with a token after its revocation was confirmed. */
export async function revocationViolations(
  database: FaultyDatabase,
  { revocations }: RevocationLog,
): Promise<string[]> {
  const late = await database.query(
    `select e.user_id, e.sequence
       from unnest($1::uuid[], $2::timestamptz[]) as r(token_id, revoked_at)
       join entries e on e.token_id = r.token_id and e.created_at > r.revoked_at`,
    [revocations.map(({ tokenId }) => tokenId), revocations.map(({ revokedAt }) => revokedAt)],
  );
  return late.map(({ user_id, sequence }) => `I10: entry ${sequence} of ${user_id} was made with a revoked token`);
}
