import { perform, send } from './client.js';
import type { FaultyDatabase } from './database.js';
import type { Operation } from './operation-log.js';

export interface LimitOptions {
  /** The addresses of the nodes. */
  readonly urls: readonly string[];
  /** A token that may do everything; the tokens with limits have its owner. */
  readonly secret: string;
  readonly userIds: readonly string[];
  /** Names the run, so that its keys are its own. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** The additions with tokens that have a limit. */
export interface LimitLog {
  readonly operations: Operation[];
  readonly tokens: LimitedToken[];
}

/** A token and the one that it was rotated to, with what both were asked to add. */
interface LimitedToken {
  readonly ids: readonly string[];
  readonly operations: readonly Operation[];
}

const MAX_ADDED = 100;
const POINTS = 5;

/** So many that twice the limit is asked for. */
const OPERATIONS = (2 * MAX_ADDED) / POINTS;

/**
 * Adds points with a token that has a daily limit and with its successor, on all nodes at once, each under a key that is
 * sent twice, with one token after the other.
 */
export async function exceedLimits(options: LimitOptions): Promise<LimitLog> {
  const { urls, secret, userIds, name, signal } = options;
  const log: LimitLog = { operations: [], tokens: [] };
  for (let count = 0; !signal.aborted; count++) {
    const [url = ''] = count % 2 === 0 ? urls : urls.toReversed();
    const token = (await send(url, secret, ISSUE, {}))?.data?.issueToken;
    if (token == null) continue;
    const operations = Array.from(
      { length: OPERATIONS },
      (_, nth): Operation => ({
        key: `${name}/limited/${count}/${nth}`,
        userId: userIds[nth % userIds.length] ?? '',
        kind: 'ADD',
        points: POINTS,
        outcomes: [],
      }),
    );
    log.operations.push(...operations);
    const add = (from: number, to: number, secret: string) =>
      operations.slice(from, to).flatMap((operation) => urls.map((node) => perform(node, secret, operation)));
    const first = add(0, OPERATIONS / 2, token.secret);
    const successor = (await send(url, secret, ROTATE, { id: token.token.id }))?.data?.rotateToken;
    const rest = add(OPERATIONS / 2, OPERATIONS, successor?.secret ?? token.secret);
    await Promise.all([...first, ...rest]);
    log.tokens.push({ ids: [token.token.id, ...(successor == null ? [] : [successor.token.id])], operations });
  }
  return log;
}

const ISSUE = `
  mutation {
    issueToken(input: { name: "limited", scopes: [POINTS_ADD], limits: { maxAddedPerDay: ${MAX_ADDED} } }) { secret token { id } }
  }
`;
const ROTATE = 'mutation ($id: ID!) { rotateToken(input: { id: $id, overlapSeconds: 600 }) { secret token { id } } }';

/** Limits that were exceeded, or that refused a change although it was within them. */
export async function limitViolations(database: FaultyDatabase, { tokens }: LimitLog): Promise<string[]> {
  const found: string[] = [];
  for (const { ids, operations } of tokens) {
    const [row] = await database.query(
      `select (select coalesce(sum(delta), 0)::int from entries where token_id = any ($1::uuid[])) as added,
              (select sum(added)::int from token_counters where root_id = any ($1::uuid[])) as counted`,
      [ids],
    );
    const { added, counted } = row ?? {};
    const isRefused = operations.some(({ outcomes }) => outcomes.some(isOverLimit));
    if (Number(added) > MAX_ADDED) found.push(`I13: token ${ids[0]} added ${added} points, its limit is ${MAX_ADDED}`);
    if (added !== (counted ?? 0)) found.push(`I13: token ${ids[0]} added ${added} points and counted ${counted}`);
    if (isRefused && Number(added) + POINTS <= MAX_ADDED)
      found.push(`I13: token ${ids[0]} was refused an addition after ${added} of ${MAX_ADDED} points`);
  }
  return found;
}

function isOverLimit(outcome: Operation['outcomes'][number]): boolean {
  return outcome.outcome === 'NONE' && outcome.code === 'TOKEN_LIMIT';
}
