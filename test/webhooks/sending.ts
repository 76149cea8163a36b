/** What the tests of the sender share: a server whose sender waits for shorter times, and webhooks on it. */

import { it as base } from 'vitest';
import {
  AddPointsDocument,
  CreateBareWebhookDocument,
  type CreateWebhookInput,
  WebhookStateDocument,
} from '../operations/generated.js';
import { type Credential, startServer, type TestServer } from '../support/server.js';

/** Retries follow each other at once, up to the last one. */
const QUICK = { leaseSeconds: 10, renewMs: 200, searchMs: 200, timeoutMs: 2_000 };

const ENV = { WEBHOOK_PRIVATE_NETWORKS: 'on', METRICS_PORT: '0' };

interface Times {
  readonly retrySeconds?: readonly number[];
  readonly timeoutMs?: number;
  readonly leaseSeconds?: number;
}

/** Starts a node whose sender waits for shorter times; another server's DATABASE_URL makes it a second one. */
export function startSending(env: Record<string, string> = {}, times: Times = {}): Promise<TestServer> {
  return startServer({ ...ENV, ...env }, { webhookTimes: { ...QUICK, retrySeconds: Array(9).fill(0.05), ...times } });
}

/** `it` for a server whose sender waits for shorter times, which the tests of a file share. */
export function sendingWith(times: Times) {
  return base.extend(
    'server',
    { scope: 'file' },
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from this pattern which fixtures a fixture uses.
    async ({}, { onCleanup }) => {
      const server = await startSending({}, times);
      onCleanup(() => server.close());
      return server;
    },
  );
}

export const it = sendingWith({});

export interface MadeWebhook {
  readonly id: string;
  readonly publicKey: string | null;
  readonly secret: string | null;
}

export async function makeWebhook(
  server: TestServer,
  credential: Credential,
  input: Partial<CreateWebhookInput> & { readonly url: string },
): Promise<MadeWebhook> {
  const response = await server.send(credential, CreateBareWebhookDocument, {
    input: { events: ['POINTS_ENTRY'], ...input },
  });
  const { webhook, secret } = response.data.createWebhook;
  return { id: webhook.id, publicKey: webhook.publicKey ?? null, secret: secret ?? null };
}

/** Adds a point so many times, one after the other. */
export async function addTimes(
  server: TestServer,
  credential: Credential,
  userId: string,
  times: number,
): Promise<void> {
  for (let time = 1; time <= times; time += 1)
    await server.send(credential, AddPointsDocument, { input: { user: { id: userId }, points: 1 } });
}

export async function stateOf(server: TestServer, credential: Credential, id: string) {
  const { data } = await server.send(credential, WebhookStateDocument, { id });
  return data.webhook;
}

/** Has a paused webhook be behind by a day. It waits for the node's search, which would move the horizon forward again. */
export async function setBack({ database }: Pick<TestServer, 'database'>, id: string): Promise<void> {
  await database.query(
    `with locked as materialized (select webhook_id as id from webhook_progress where webhook_id = $1 for update)
     update webhook_progress set horizon = clock_timestamp() - interval '1 day', lease_holder = null, lease_until = null
       from locked where webhook_id = locked.id`,
    [id],
  );
  await database.query('delete from webhook_deliveries where webhook_id = $1', [id]);
}

/** Writes so many entries of a user past the API, as fast as the database can. */
export async function writeEntries(
  server: Pick<TestServer, 'database'>,
  userId: string,
  count: number,
  age = '0',
): Promise<void> {
  await server.database.query(
    `with last as (select coalesce(max(sequence), 0) as sequence from entries where user_id = $1),
     written as (
       insert into entries (user_id, sequence, kind, delta, balance_after, owner_id, created_at)
       select $1, last.sequence + number, 'ADD', 1, last.sequence + number, $1, clock_timestamp() - $3::interval
         from last, generate_series(1, $2) as number returning sequence)
     insert into balances (user_id, points, sequence) select $1, max(sequence), max(sequence) from written
     on conflict (user_id) do update set points = excluded.points, sequence = excluded.sequence`,
    [userId, count, age],
  );
}
