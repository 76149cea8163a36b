/**
 * Kills the node that sends a webhook, at each point of a delivery, while another node waits for its lease. The receiver
 * counts a message once it has responded, and tells what broke a rule: an entry that was never accepted, or one that came
 * before the one ahead of it. A message that comes twice breaks none.
 */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SCOPES } from '../../src/auth/scope.js';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';
import { send } from './client.js';
import { type FaultyDatabase, openFaultyDatabase } from './database.js';
import { type Node, scrip, startNode } from './nodes.js';

/** When the node is killed. */
const POINTS = ['BEFORE_RESPONSE', 'AFTER_RESPONSE', 'AFTER_NOTE'] as const;
type Point = (typeof POINTS)[number];

export interface WebhookRun {
  readonly entries: number;
  readonly kills: number;
  /** Messages that came more than once. */
  readonly repeated: number;
  readonly violations: readonly string[];
}

export interface WebhookRunOptions {
  readonly users: number;
  readonly entriesPerUser: number;
  /** How often the node is killed at each point. */
  readonly rounds: number;
  /** The program of the nodes, as a path; undefined: the one that was built. */
  readonly program?: string | undefined;
}

const METRICS_TOKEN = 'a-token-for-the-metrics-of-these-runs-only';

/** Without a new entry for this time, which is longer than a lease and a retry, no more are expected. */
const SILENCE_MS = 30_000;

export async function runWebhooks(options: WebhookRunOptions): Promise<WebhookRun> {
  const database = await openFaultyDatabase();
  const nodes: Node[] = [];
  const receiver = await startReceiver();
  const settings = { WEBHOOK_PRIVATE_NETWORKS: 'on', METRICS_TOKEN };
  try {
    for (let number = 0; number < 2; number += 1)
      nodes.push(await startNode(database.url, await findFreePort(), settings, options.program));
    for (const node of nodes) if (!(await node.untilReady())) throw new Error('A node does not start.');
    const webhookId = await makeWebhook(database, nodes, receiver.url);
    await writeEntries(database, options);
    const kills = await killAgain(nodes, webhookId, { receiver, rounds: options.rounds });
    const entries = options.users * options.entriesPerUser;
    for (let before = -1; before < receiver.distinct() && before < entries; ) {
      before = receiver.distinct();
      const deadline = performance.now() + SILENCE_MS;
      while (receiver.distinct() === before && before < entries && performance.now() < deadline) await delay(100);
    }
    return { entries, kills, ...receiver.result(options) };
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
    receiver.close();
    await database.close();
  }
}

async function makeWebhook(database: FaultyDatabase, [node]: readonly Node[], url: string): Promise<string> {
  const args = ['--owner', 'admin', '--name', 'faults', '--scopes', SCOPES.join(',')];
  const { stdout } = await scrip(database.url, ['token', 'issue', ...args]);
  const query = 'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id } } }';
  const body = await send(node?.url ?? '', stdout.trim(), query, { input: { url, events: ['POINTS_ENTRY'] } });
  const id: unknown = body?.data?.createWebhook?.webhook?.id;
  if (typeof id !== 'string') throw new Error('A webhook could not be made.');
  return id;
}

async function writeEntries(database: FaultyDatabase, { users, entriesPerUser }: WebhookRunOptions): Promise<void> {
  await database.query(
    `with made as (
       insert into users (id, username, role) select gen_random_uuid(), 'sent-' || number, 'USER'
         from generate_series(1, $1::int) as number returning id),
     written as (
       insert into entries (user_id, sequence, kind, delta, balance_after, owner_id, created_at)
       select id, number, 'ADD', 1, number, id, clock_timestamp() from made, generate_series(1, $2::int) as number)
     insert into balances (user_id, points, sequence) select id, $2::int, $2::int from made`,
    [users, entriesPerUser],
  );
}

async function killAgain(
  nodes: readonly Node[],
  webhookId: string,
  { receiver, rounds }: { readonly receiver: Receiver; readonly rounds: number },
): Promise<number> {
  let kills = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const point of POINTS) {
      await receiver.next();
      const sending = await findSending(nodes, webhookId);
      if (sending === undefined) continue;
      await receiver.at(point, () => sending.signal('SIGKILL'));
      kills += 1;
      if (!(await sending.untilReady())) throw new Error('A node does not start again.');
    }
  }
  return kills;
}

/** The node whose attempts grow. */
async function findSending(nodes: readonly Node[], webhookId: string): Promise<Node | undefined> {
  const attempts = () => Promise.all(nodes.map((node) => readAttempts(node, webhookId)));
  for (let before = await attempts(), tries = 0; tries < 100; tries += 1) {
    await delay(100);
    const after = await attempts();
    const index = after.findIndex((count, nth) => count > (before[nth] ?? 0));
    if (index >= 0) return nodes[index];
    before = after;
  }
  return undefined;
}

async function readAttempts({ url }: Node, webhookId: string): Promise<number> {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  const response = await fetch(`${url}/metrics`, { headers }).catch(() => undefined);
  const lines = ((await response?.text()) ?? '').split('\n');
  const counts = lines.filter((line) => line.startsWith('scrip_webhook_attempts_total{') && line.includes(webhookId));
  return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

type Receiver = Awaited<ReturnType<typeof startReceiver>>;

async function startReceiver() {
  /** Of each user the last sequence up to which every entry was accepted. */
  const reached = new Map<string, number>();
  const violations: string[] = [];
  let accepted = 0;
  let repeated = 0;
  let onAccepted = () => {};
  let armed: { readonly point: Point; readonly kill: () => void; readonly done: () => void } | undefined;

  const accept = (userId: string, sequence: number, response: ServerResponse): Promise<unknown> => {
    const last = reached.get(userId) ?? 0;
    if (sequence > last + 1) violations.push(`W1: entry ${sequence} of ${userId} came after entry ${last}`);
    if (sequence <= last) repeated += 1;
    else accepted += 1;
    reached.set(userId, Math.max(last, sequence));
    onAccepted();
    return once(response.writeHead(204).end(), 'finish');
  };

  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { data } = JSON.parse(body);
    const current = armed;
    armed = undefined;
    if (current === undefined) return await accept(data.user.id, data.sequence, response).catch(() => {});
    if (current.point === 'BEFORE_RESPONSE') {
      current.kill();
      response.destroy();
    } else {
      await accept(data.user.id, data.sequence, response).catch(() => {});
      if (current.point === 'AFTER_NOTE') await delay(NOTED_MS);
      current.kill();
    }
    return current.done();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, // it listens on a port
    distinct: () => accepted,
    /** Resolves when a message is accepted; fails if none is for long. */
    next: () =>
      Promise.race([
        new Promise<void>((resolve) => (onAccepted = resolve)),
        delay(2 * SILENCE_MS, undefined, { ref: false }).then(() => {
          throw new Error('Nothing is sent.');
        }),
      ]),
    /** Kills the sender of the next message, at a point of its delivery. */
    at: (point: Point, kill: () => void) => new Promise<void>((done) => (armed = { point, kill, done })),
    result: ({ users, entriesPerUser }: WebhookRunOptions) => {
      const missing = users * entriesPerUser - accepted;
      return {
        repeated,
        violations: [...violations, ...(missing > 0 ? [`W2: ${missing} entries were not accepted`] : [])],
      };
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A note is written within 0.2 s while a turn goes on. */
const NOTED_MS = 400;
