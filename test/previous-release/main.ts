/**
 * Runs the previous release on a database that this version has migrated: alone, and beside a node of this version while
 * it restarts under load, as in a rolling upgrade. Exits with 1 where a request fails or a point is lost.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startOwnPostgres } from '../support/own-postgres.js';
import { checkOutPreviousRelease } from './checkout.js';
import { ask, type Env, type Serving, scrip, serve } from './node.js';

const here = new URL('../../', import.meta.url).pathname;
const SCOPES =
  'users:read,users:write,points:read,points:add,points:spend,points:transfer,tokens:read,tokens:issue,tokens:revoke';

const PHASE_MS = 2_000;
const CLIENTS = 6;

const previous = await checkOutPreviousRelease();
if (previous === undefined) {
  process.stdout.write('The previous release was not run: this clone does not have its commit.\n');
  process.exit(0);
}
const postgres = await startOwnPostgres();
try {
  await check(previous.folder, {
    DATABASE_URL: postgres.url,
    JWT_SECRET: 'known to this check, and to no one else',
    LOG_LEVEL: 'warn',
    SCRIP_HOME: `${previous.folder}/home`,
    THROTTLE_REQUESTS_PER_MINUTE: '0',
  });
} finally {
  await postgres.close();
  await previous.remove();
}

async function check(old: string, env: Env): Promise<void> {
  await scrip(here, env, 'migrate');
  const oldNode = await serve(old, env);
  await scrip(old, env, 'user', 'create', 'root', '--admin');
  const secret = await scrip(old, env, 'token', 'issue', '--owner', 'root', '--name', 'check', '--scopes', SCOPES);
  await checkAlone(oldNode, secret);
  process.stdout.write('The previous release serves on the migrated database.\n');
  const newNode = await serve(here, env);
  await upgrade({ oldNode, newNode, restart: () => serve(old, env), secret });
  await scrip(here, env, 'ledger', 'verify');
  process.stdout.write(
    'It restarted beside this version under load: every request succeeded, and no point is missing.\n',
  );
}

/** What users and applications do, on a node of the previous release. */
async function checkAlone({ url }: Serving, secret: string): Promise<void> {
  const send = <Data>(query: string, variables?: object) => ask<Data>(url, secret, query, variables);
  const password = 'a quiet harbour 7';
  for (const name of ['alice', 'bob']) {
    await send('mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', {
      input: { username: name, password },
    });
  }
  await ask(url, '', `mutation { logIn(input: { username: "alice", password: "${password}" }) { accessToken } }`);

  const issued = await send<{ issueToken: { secret: string; token: { id: string } } }>(
    'mutation { issueToken(input: { name: "more", scopes: [POINTS_ADD, POINTS_READ] }) { secret token { id } } }',
  );
  const { secret: other, token } = issued.issueToken;
  const followed = follow(url, secret);
  await ask(url, other, 'mutation { addPoints(input: { user: { username: "alice" }, points: 50 }) { points } }');
  assert.equal(await followed, 50);
  await send('mutation ($id: ID!) { revokeToken(input: { id: $id }) { token { state } } }', { id: token.id });
  await assert.rejects(ask(url, other, '{ pointsTotals { users } }'), /TOKEN_REVOKED/);

  await send('mutation { spendPoints(input: { user: { username: "alice" }, points: 5 }) { points } }');
  const held = await send<{ holdPoints: { hold: { id: string } } }>(
    'mutation { holdPoints(input: { user: { username: "alice" }, points: 10, expiresInSeconds: 600 }) { hold { id } } }',
  );
  await send('mutation ($hold: ID!) { captureHold(input: { hold: $hold }) { points } }', {
    hold: held.holdPoints.hold.id,
  });
  await send(
    'mutation { transferPoints(input: { from: { username: "alice" }, to: { username: "bob" }, points: 5 }) { message } }',
  );
  await send(
    'mutation { applyPoints(input: { operations: [{ add: { user: { username: "bob" }, points: 1 } }] }) { results { error { code } } } }',
  );
  const read = await send<{ a: { points: number }; b: { points: number } }>(
    '{ a: user(by: { username: "alice" }) { points } b: user(by: { username: "bob" }) { points } users(first: 10) { nodes { id } } tokens(first: 10) { nodes { id } } pointsEntries(first: 10) { nodes { id } } }',
  );
  assert.deepEqual([read.a.points, read.b.points], [30, 6]);
}

/** The balance after the first entry of alice. */
async function follow(url: string, secret: string): Promise<unknown> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${secret}` },
  });
  const query = 'subscription { pointsChanged(user: { username: "alice" }, after: 0) { balanceAfter } }';
  for await (const { data } of client.iterate<{ pointsChanged: { balanceAfter: number } }>({ query })) {
    await client.dispose();
    return data?.pointsChanged.balanceAfter;
  }
  return undefined;
}

interface Upgrade {
  readonly oldNode: Serving;
  readonly newNode: Serving;
  readonly restart: () => Promise<Serving>;
  readonly secret: string;
}

/** Both nodes behind a balancer while the old one restarts; then the new one alone. */
async function upgrade({ oldNode, newNode, restart, secret }: Upgrade): Promise<void> {
  let nodes = [oldNode, newNode];
  let isOver = false;
  const clients = Array.from({ length: CLIENTS }, async (_, index) => {
    let added = 0;
    for (; !isOver; added += 1) await add(() => nodes[(added + index) % nodes.length] ?? newNode, secret);
    return added;
  });
  const restarts = async () => {
    await delay(PHASE_MS);
    nodes = [newNode];
    assert.equal(await oldNode.stop(), 0);
    const restarted = await restart();
    nodes = [restarted, newNode];
    await delay(PHASE_MS);
    nodes = [newNode];
    assert.equal(await restarted.stop(), 0);
    await delay(PHASE_MS / 4);
  };
  await restarts().finally(() => {
    isOver = true;
  });
  const added = (await Promise.all(clients)).reduce((sum, one) => sum + one, 0);
  assert.ok(added > 0);
  const { user } = await ask<{ user: { points: number } }>(
    newNode.url,
    secret,
    '{ user(by: { username: "bob" }) { points } }',
  );
  assert.equal(user.points, 6 + added);
  assert.equal(await newNode.stop(), 0);
}

/** Adds a point to bob. Where the connection breaks, as one to a node that stops may, it is sent again with its key. */
async function add(next: () => Serving, secret: string): Promise<void> {
  const variables = { key: randomUUID() };
  const query =
    'mutation ($key: String) { addPoints(input: { user: { username: "bob" }, points: 1, idempotencyKey: $key }) { points } }';
  for (;;) {
    try {
      await ask(next().url, secret, query, variables);
      return;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
}
