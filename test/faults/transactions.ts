import { setTimeout as delay } from 'node:timers/promises';
import { type Body, send } from './client.js';
import type { FaultyDatabase } from './database.js';

export interface TransactionOptions {
  /** The addresses of the nodes. */
  readonly urls: readonly string[];
  readonly secret: string;
  readonly clients: number;
  /** Names the run, so that its users are its own. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** The confirmed changes that are transactions. */
export interface TransactionLog {
  changes: number;
  /** Users by id: the name that a change last set; undefined: deleted. Those with a change left open are not here. */
  readonly users: Map<string, string | undefined>;
  readonly revokedTokens: string[];
  readonly violations: string[];
}

/** Lets clients create, rename and delete users, issue, use and revoke tokens, log in and renew, until it is stopped. */
export async function loadTransactions(options: TransactionOptions): Promise<TransactionLog> {
  const log: TransactionLog = { changes: 0, users: new Map(), revokedTokens: [], violations: [] };
  await Promise.all(Array.from({ length: options.clients }, (_, client) => act(options, client, log)));
  return log;
}

async function act(options: TransactionOptions, client: number, log: TransactionLog): Promise<void> {
  const prefix = `${options.name.replace(/[^a-z0-9]+/gi, '-').slice(0, 30)}-t${client}`;
  for (let count = 0; !options.signal.aborted; count++) {
    await live(options, `${prefix}-${count}`, log);
    await delay(10);
  }
}

/** The life of one user, ended at the first change without a response. */
async function live({ urls, secret, signal }: TransactionOptions, name: string, log: TransactionLog): Promise<void> {
  const url = urls[Math.floor(Math.random() * urls.length)] ?? '';
  const change = async (query: string, variables: object) => {
    const body = await send(url, secret, query, variables);
    if (body?.data != null) log.changes++;
    noteUnexpected(body, log);
    return body?.data?.change ?? undefined;
  };
  const password = Math.random() < 0.1 ? 'a password of a fault run' : null;
  const id: string | undefined = (await change(CREATE, { name, password }))?.user.id;
  if (id === undefined) return;
  log.users.set(id, name);
  if (password !== null) {
    const refreshToken: string | undefined = (await change(LOG_IN, { name, password }))?.refreshToken;
    if (refreshToken !== undefined) await change(RENEW, { refreshToken });
  }
  const issued = await change(ISSUE, { id });
  if (issued !== undefined) {
    const ended = await change(REVOKE, { id: issued.token.id });
    if (ended !== undefined) {
      log.revokedTokens.push(issued.token.id);
      for (const node of urls) {
        const body = await send(node, issued.secret, '{ viewer { kind } }', {});
        if (body?.data?.viewer != null) log.violations.push(`I11: ${node} let in a token that was revoked before`);
      }
    }
  }
  if (signal.aborted) return;
  log.users.delete(id); // open until it is confirmed
  if ((await change(RENAME, { id, name: `${name}-renamed` })) === undefined) return;
  if (Math.random() < 0.5) log.users.set(id, `${name}-renamed`);
  else if ((await change(DELETE, { id })) !== undefined) log.users.set(id, undefined);
}

const CREATE = `mutation ($name: String!, $password: String) {
  change: createUser(input: { username: $name, password: $password }) { user { id } }
}`;
const RENAME = `mutation ($id: ID!, $name: String!) {
  change: updateUser(input: { user: { id: $id }, username: $name }) { user { id } }
}`;
const DELETE = 'mutation ($id: ID!) { change: deleteUser(input: { user: { id: $id } }) { deletedUserId } }';
const ISSUE = `mutation ($id: ID!) {
  change: issueToken(input: { name: "a fault run", scopes: [USERS_READ], owner: { id: $id } }) { secret token { id } }
}`;
const REVOKE = 'mutation ($id: ID!) { change: revokeToken(input: { id: $id }) { token { id } } }';
const LOG_IN = `mutation ($name: String!, $password: String!) {
  change: logIn(input: { username: $name, password: $password }) { refreshToken }
}`;
const RENEW = `mutation ($refreshToken: String!) {
  change: renewSession(input: { refreshToken: $refreshToken }) { refreshToken }
}`;

/** The codes that a client may receive while the database fails. */
const EXPECTED = new Set(['UNAVAILABLE', 'OVERLOADED', 'RATE_LIMITED', 'USERNAME_TAKEN']);

function noteUnexpected(body: Body | undefined, log: TransactionLog): void {
  for (const { extensions } of body?.errors ?? []) {
    const code = String(extensions['code']);
    if (!EXPECTED.has(code)) log.violations.push(`I11: a transaction that the database failed got ${code}`);
  }
}

/** The confirmed changes that the database lacks. One sentence for each violation. */
export async function lostTransactions(database: FaultyDatabase, log: TransactionLog): Promise<string[]> {
  const users = await database.query(
    'select id, case when deleted_at is null then username end as username from users where id = any($1)',
    [[...log.users.keys()]],
  );
  const kept = new Map(users.map(({ id, username }) => [String(id), username ?? undefined]));
  const alive = await database.query('select id from tokens where id = any($1) and revoked_at is null', [
    log.revokedTokens,
  ]);
  return [
    ...log.violations,
    ...[...log.users]
      .filter(([id, name]) => !kept.has(id) || kept.get(id) !== name)
      .map(([id]) => `I11: the last change of user ${id} was confirmed, and is lost`),
    ...alive.map(({ id }) => `I11: the revocation of token ${id} was confirmed, and is lost`),
  ];
}
