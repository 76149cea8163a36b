/** Revokes tokens throughout, and uses what was revoked on every node. */
import { setTimeout as delay } from 'node:timers/promises';
import { send } from '../faults/client.js';
import type { FaultyDatabase } from '../faults/database.js';
import type { ClientOptions } from './clients.js';

export interface Revoked {
  readonly id: string;
  readonly secret: string;
  /** When the revocation was answered. */
  readonly at: number;
}

export interface Revocations {
  readonly revoked: Revoked[];
  uses: number;
  readonly violations: string[];
}

type Token = Pick<Revoked, 'id' | 'secret'>;

const ISSUE = 'mutation { issueToken(input: { name: "to be revoked", scopes: [USERS_READ] }) { secret token { id } } }';
const REVOKE = 'mutation ($id: ID!) { revokeToken(input: { id: $id }) { token { state } } }';
const USE = '{ viewer { kind } }';

/** Issued before the fault: a former leader knows them as valid. */
const STOCK = 80;
const REVOKE_EVERY_MS = 300;

export async function issueStock(options: ClientOptions): Promise<Token[]> {
  const tokens: Token[] = [];
  while (tokens.length < STOCK) {
    const token = await issue(options);
    if (token === undefined) throw new Error('A token could not be issued.');
    tokens.push(token);
  }
  return tokens;
}

async function issue({ front, secret }: ClientOptions): Promise<Token | undefined> {
  const issued = (await send(front, secret, ISSUE, {}))?.data?.issueToken;
  return issued == null ? undefined : { id: issued.token.id, secret: issued.secret };
}

/** Revokes one token after the other by way of the proxy until it is stopped. Each is used at once and later at every node. */
export async function revokeAgain(stock: readonly Token[], options: ClientOptions): Promise<Revocations> {
  const log: Revocations = { revoked: [], uses: 0, violations: [] };
  const using = Promise.all(options.nodes.map((node) => useAgain(node, log, options)));
  const left = [...stock];
  while (!options.signal.aborted) {
    const token = left.shift() ?? (await issue(options));
    if (token !== undefined) {
      const body = await send(options.front, options.secret, REVOKE, { id: token.id });
      if (body?.data?.revokeToken?.token?.state === 'REVOKED') {
        const revoked = { ...token, at: performance.now() };
        log.revoked.push(revoked);
        await Promise.all(options.nodes.map((node) => use(node, revoked, log)));
      }
    }
    await delay(REVOKE_EVERY_MS);
  }
  await using;
  for (const revoked of log.revoked) for (const node of options.nodes) await use(node, revoked, log);
  return log;
}

async function useAgain(node: string, log: Revocations, { signal }: ClientOptions): Promise<void> {
  while (!signal.aborted) {
    const revoked = log.revoked[Math.floor(Math.random() * log.revoked.length)];
    if (revoked !== undefined) await use(node, revoked, log);
    await delay(30);
  }
}

async function use(node: string, { id, secret, at }: Revoked, log: Revocations): Promise<void> {
  const after = Math.round(performance.now() - at);
  const body = await send(node, secret, USE, {});
  if (body !== undefined) log.uses++;
  if (body?.data?.viewer != null)
    log.violations.push(`L1: ${node} let in token ${id} ${after} ms after its revocation was answered`);
}

/** The revocations that were answered and that the database lacks. */
export async function lostRevocations(database: FaultyDatabase, { revoked }: Revocations): Promise<string[]> {
  const rows = await database.query('select id from tokens where id = any ($1) and revoked_at is not null', [
    revoked.map(({ id }) => id),
  ]);
  const kept = new Set(rows.map(({ id }) => id));
  return revoked.flatMap(({ id }) =>
    kept.has(id) ? [] : [`L1: the revocation of token ${id} was answered, and is lost`],
  );
}
