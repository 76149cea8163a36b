import { setTimeout as delay } from 'node:timers/promises';
import { type Body, send } from './client.js';
import type { FaultyDatabase } from './database.js';
import { addFirst, type FirstAdd, wrongFirstAdds } from './first-adds.js';

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
  /** The same of posts and their titles. */
  readonly posts: Map<string, string | undefined>;
  readonly revokedTokens: string[];
  readonly firstAdds: FirstAdd[];
  readonly violations: string[];
}

/**
 * Lets clients create, rename and delete users, set and change passwords, log in, renew and log out, issue, rotate, report
 * and revoke tokens, write posts, and add points to users that do not exist yet, until it is stopped.
 */
export async function loadTransactions(options: TransactionOptions): Promise<TransactionLog> {
  const log: TransactionLog = {
    changes: 0,
    users: new Map(),
    posts: new Map(),
    revokedTokens: [],
    firstAdds: [],
    violations: [],
  };
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

/** Sends changes to one node, and counts those that are confirmed. */
interface Caller {
  /** The result; undefined: it was refused, or left open. The last argument is another credential than that of the run. */
  readonly change: (query: string, variables: object, secret?: string) => Promise<Changed>;
  readonly urls: readonly string[];
  readonly log: TransactionLog;
}

/** Before each life. */
const FIRST_ADDS = 5;

// The shape depends on the selection.
// biome-ignore lint/suspicious/noExplicitAny: see above.
type Changed = any;

/** First adds, at once so that some of them meet, and then the life of one user, ended at the first change without a response. */
async function live({ urls, secret, signal }: TransactionOptions, name: string, log: TransactionLog): Promise<void> {
  const url = urls[Math.floor(Math.random() * urls.length)] ?? '';
  const changeAt = async (node: string, query: string, variables: object, credential = secret) => {
    const body = await send(node, credential, query, variables);
    if (body?.data != null) log.changes++;
    noteUnexpected(body, log);
    return body?.data?.change ?? undefined;
  };
  const change: Caller['change'] = (...args) => changeAt(url, ...args);
  const added = await Promise.all(Array.from({ length: FIRST_ADDS }, () => addFirst(urls, changeAt)));
  log.firstAdds.push(...added.map(({ firstAdd }) => firstAdd));
  log.violations.push(...added.flatMap(({ violations }) => violations));
  const caller = { change, urls, log };
  const password = Math.random() < 0.1 ? PASSWORD : null; // each costs 30 ms of a core
  const begin = password !== null && Math.random() < 0.5 ? SIGN_UP : CREATE;
  const id: string | undefined = (await change(begin, { name, password }))?.user.id;
  if (id === undefined) return;
  log.users.set(id, name);
  if (password !== null) await exerciseSessions(caller, { id, name });
  await exerciseTokens(caller, id);
  const postId = await writePosts(caller, id);
  if (signal.aborted) return;
  log.users.delete(id); // open until it is confirmed
  if ((await change(RENAME, { id, name: `${name}-renamed` })) === undefined) return;
  if (Math.random() < 0.5) log.users.set(id, `${name}-renamed`);
  else {
    if (postId !== undefined) log.posts.delete(postId);
    if ((await change(DELETE, { id })) === undefined) return;
    log.users.set(id, undefined);
    if (postId !== undefined) log.posts.set(postId, undefined);
  }
}

/** Each password that was confirmed must let in afterwards: a refusal of the next log-in is no expected code. */
async function exerciseSessions(
  { change, urls, log }: Caller,
  { id, name }: { id: string; name: string },
): Promise<void> {
  const first = await change(LOG_IN, { name, password: PASSWORD });
  if (first === undefined) return;
  const renewed = await change(RENEW, { refreshToken: first.refreshToken });
  if (renewed === undefined) return;
  const changed = await change(CHANGE_PASSWORD, { old: PASSWORD, password: SECOND_PASSWORD }, renewed.accessToken);
  if (changed === undefined) return;
  if ((await change(SET_PASSWORD, { id, password: PASSWORD })) === undefined) return;
  const last = await change(LOG_IN, { name, password: PASSWORD });
  if (last === undefined || (await change(LOG_OUT, {}, last.accessToken)) === undefined) return;
  for (const { refreshToken } of [renewed, changed, last]) {
    const body = await send(urls[0] ?? '', last.accessToken, RENEW, { refreshToken });
    if (body?.data?.change != null) log.violations.push('I11: a session was renewed that had ended before');
  }
}

/** A token that was revoked, or rotated without an overlap, must be let in by no node. */
async function exerciseTokens(caller: Caller, id: string): Promise<void> {
  const { change, log } = caller;
  const issued = await change(ISSUE, { id });
  if (issued === undefined) return;
  const rotated = await change(ROTATE, { id: issued.token.id });
  if (rotated === undefined) return;
  await expectRefused(caller, issued.secret);
  const isReported = Math.random() < 0.5;
  const ended = isReported
    ? await change(REPORT, { secret: rotated.secret })
    : await change(REVOKE, { id: rotated.token.id });
  if (ended === undefined) return;
  log.revokedTokens.push(rotated.token.id);
  await expectRefused(caller, rotated.secret);
}

async function expectRefused({ urls, log }: Caller, secret: string): Promise<void> {
  for (const node of urls) {
    const body = await send(node, secret, '{ viewer { kind } }', {});
    if (body?.data?.viewer != null) log.violations.push(`I11: ${node} let in a token that was ended before`);
  }
}

/** Writes a post, changes it and perhaps deletes it. Returns the id of one that is there. */
async function writePosts({ change, log }: Caller, id: string): Promise<string | undefined> {
  const postId: string | undefined = (await change(CREATE_POST, { id }))?.post.id;
  if (postId === undefined) return undefined;
  if ((await change(UPDATE_POST, { id: postId, title: CHANGED_TITLE })) === undefined) return undefined;
  if (Math.random() < 0.5) {
    log.posts.set(postId, CHANGED_TITLE);
    return postId;
  }
  if ((await change(DELETE_POST, { id: postId })) !== undefined) log.posts.set(postId, undefined);
  return undefined;
}

const PASSWORD = 'a password of a fault run';
const SECOND_PASSWORD = 'another password of a fault run';
const CHANGED_TITLE = 'Changed';

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
const ROTATE = 'mutation ($id: ID!) { change: rotateToken(input: { id: $id }) { secret token { id } } }';
const REPORT = 'mutation ($secret: String!) { change: reportLeakedToken(input: { secret: $secret }) { received } }';
const SIGN_UP = `mutation ($name: String!, $password: String!) {
  change: signUp(input: { username: $name, password: $password }) { user { id } }
}`;
const CHANGE_PASSWORD = `mutation ($old: String!, $password: String!) {
  change: changePassword(input: { currentPassword: $old, newPassword: $password }) { refreshToken }
}`;
const SET_PASSWORD = `mutation ($id: ID!, $password: String!) {
  change: setPassword(input: { user: { id: $id }, password: $password }) { user { id } }
}`;
const LOG_OUT = 'mutation { change: logOut { user { id } } }';
const CREATE_POST = `mutation ($id: ID!) {
  change: createPost(input: { author: { id: $id }, title: "Created", body: "" }) { post { id } }
}`;
const UPDATE_POST = `mutation ($id: ID!, $title: String!) {
  change: updatePost(input: { id: $id, title: $title }) { post { id } }
}`;
const DELETE_POST = 'mutation ($id: ID!) { change: deletePost(input: { id: $id }) { deletedPostId } }';
const LOG_IN = `mutation ($name: String!, $password: String!) {
  change: logIn(input: { username: $name, password: $password }) { accessToken refreshToken }
}`;
const RENEW = `mutation ($refreshToken: String!) {
  change: renewSession(input: { refreshToken: $refreshToken }) { accessToken refreshToken }
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
  const posts = await database.query('select id, title from posts where id = any($1)', [[...log.posts.keys()]]);
  const titles = new Map(posts.map(({ id, title }) => [String(id), title]));
  return [
    ...log.violations,
    ...[...log.users]
      .filter(([id, name]) => !kept.has(id) || kept.get(id) !== name)
      .map(([id]) => `I11: the last change of user ${id} was confirmed, and is lost`),
    ...[...log.posts]
      .filter(([id, title]) => titles.get(id) !== title)
      .map(([id]) => `I11: the last change of post ${id} was confirmed, and is lost`),
    ...(await wrongFirstAdds(database, log.firstAdds)),
    ...alive.map(({ id }) => `I11: the revocation of token ${id} was confirmed, and is lost`),
  ];
}
