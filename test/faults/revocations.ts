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

/** The changes with tokens that were revoked or paused meanwhile, and when each of that was confirmed. */
export interface RevocationLog {
  readonly operations: Operation[];
  readonly revocations: Revocation[];
}

/** A revocation, and what the database showed once it was answered. */
export interface Revocation extends Answered {
  readonly tokenId: string;
}

interface Answered {
  /** By the database's clock, as text: JavaScript has no microseconds. */
  readonly answeredAt: string;
  /** The number of entries that had been made with the token. */
  readonly entries: number;
}

/**
 * Adds points to all users with a token, and revokes or pauses it meanwhile, with one token after the other: by turns over another
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
    const end = count % 8 < 4 ? 'REVOKED' : 'PAUSED';
    const change = () => Promise.all(operations.map((operation) => perform(user, token.secret, operation)));
    const answered =
      count % 2 === 0
        ? await revokeOverHttp({ url: revoker, id: token.id, end }, change, options)
        : await revokeBeforeLock({ id: token.id, end }, change, options);
    if (answered !== undefined) log.revocations.push({ tokenId: token.id, ...answered });
  }
  return log;
}

const ISSUE = `
  mutation { issueToken(input: { name: "to be revoked", scopes: [POINTS_ADD] }) { secret token { id } } }
`;
const END = {
  REVOKED: 'mutation ($id: ID!) { end: revokeToken(input: { id: $id }) { token { state } } }',
  PAUSED: 'mutation ($id: ID!) { end: pauseToken(input: { id: $id }) { token { state } } }',
};
type End = keyof typeof END;

async function issue(url: string, secret: string): Promise<{ id: string; secret: string } | undefined> {
  const issued = (await send(url, secret, ISSUE, {}))?.data?.issueToken;
  return issued == null ? undefined : { id: issued.token.id, secret: issued.secret };
}

/** Returns the time at which the revocation was confirmed; undefined where it was not. */
async function revokeOverHttp(
  { url, id, end }: { readonly url: string; readonly id: string; readonly end: End },
  change: () => Promise<unknown>,
  { database, secret }: RevocationOptions,
): Promise<Answered | undefined> {
  const changed = change();
  await delay(Math.random() * 100);
  const state = (await send(url, secret, END[end], { id }))?.data?.end?.token?.state;
  const rows = state === end ? await database.query(ANSWERED, [id]).catch(() => []) : [];
  await changed;
  return readAnswered(rows);
}

/**
 * The same past HTTP, which takes longer than a statement waits for a lock: a statement that was sent before the
 * revocation locks the account after it.
 */
async function revokeBeforeLock(
  { id, end }: { readonly id: string; readonly end: End },
  change: () => Promise<unknown>,
  { database, userIds }: RevocationOptions,
): Promise<Answered | undefined> {
  let answered: Answered | undefined;
  let changed: Promise<unknown> = Promise.resolve();
  const hold = database.session(async (holder) => {
    await database.session(async (revoker) => {
      await holder.query('begin');
      await holder.query('select 1 from balances where user_id = $1 for update', [userIds.at(-1)]);
      changed = change();
      for (let polls = 0; polls < 100 && (await revoker.query(WAITING)).rows.length === 0; polls++) await delay(2);
      const column = end === 'REVOKED' ? 'revoked_at' : 'paused_at';
      await revoker.query(`update tokens set ${column} = now() where id = $1`, [id]);
      answered = readAnswered((await revoker.query(ANSWERED, [id])).rows);
      await holder.query('commit');
    });
  });
  await hold.catch(() => {}); // the fault ended one of the sessions
  await changed;
  return answered;
}

const ANSWERED = `
  select clock_timestamp()::text as now, (select count(*)::int from entries where token_id = $1) as entries
`;

function readAnswered([row]: readonly Record<string, unknown>[]): Answered | undefined {
  return row && { answeredAt: String(row['now']), entries: Number(row['entries']) };
}

const WAITING = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'change_points|apply_changes'`;

/** Changes that were made with a token after its revocation was confirmed. */
export async function revocationViolations(
  database: FaultyDatabase,
  { revocations }: RevocationLog,
): Promise<string[]> {
  const late = await database.query(
    `select r.token_id, count(*) - r.entries as count, count(*) filter (where e.created_at > r.answered_at) as later
       from unnest($1::uuid[], $2::timestamptz[], $3::int[]) as r(token_id, answered_at, entries)
       join entries e on e.token_id = r.token_id
      group by r.token_id, r.entries
     having count(*) > r.entries or bool_or(e.created_at > r.answered_at)`,
    [
      revocations.map(({ tokenId }) => tokenId),
      revocations.map(({ answeredAt }) => answeredAt),
      revocations.map(({ entries }) => entries),
    ],
  );
  return late.map(
    ({ token_id, count, later }) =>
      `I10: ${count} entries appeared with token ${token_id} after its revocation or pause was answered, ${later} of them with a later time`,
  );
}
