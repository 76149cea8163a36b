import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import { ResumeWebhookDocument } from '../operations/generated.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { type Respond, startReceiver } from './receiver.js';
import { addTimes, it, makeWebhook, stateOf } from './sending.js';

let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

const status =
  (code: number, headers: Record<string, string> = {}): Respond =>
  (_message, response) =>
    response.writeHead(code, headers).end('no');

/** Fails so many times, and then accepts everything. */
const firstFailing = (times: number, fail: Respond): Respond => {
  let count = 0;
  return (message, response, request) => {
    count += 1;
    return count <= times ? fail(message, response, request) : response.writeHead(200).end('ok');
  };
};

const pausesOf = async (server: TestServer, id: string) =>
  (
    await server.database.query(
      `select actor_id, detail from audit_events where action = 'WEBHOOK_PAUSED' and detail like $1`,
      [`%${id}%`],
    )
  ).map(({ actor_id, detail }) => [actor_id, detail]);

describe('An attempt fails, and another one follows, where the receiver', () => {
  it.for<[string, Respond, string]>([
    ['responds with 500', status(500), 'HTTP 500'],
    ['redirects', status(307, { location: '/elsewhere' }), 'HTTP 307'],
    ['cuts the connection', (_message, response) => response.destroy(), 'connection reset'],
    ['does not respond in time', () => {}, 'timeout'],
    ['asks to wait', status(429, { 'retry-after': '1' }), 'HTTP 429'],
  ])('%s', async ([, fail, lastFailure], { server }) => {
    const receiver = await startReceiver(firstFailing(1, fail));
    const { id: webhookId } = await makeWebhook(server, admin, { url: receiver.url });
    const { id } = await server.user();
    await addTimes(server, admin, id, 2);
    const messages = await receiver.accepts(2);
    expect(messages.map((message) => message.id)).toEqual([`${id}.1`, `${id}.2`]);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook', '/hook', '/hook']);
    expect(await stateOf(server, admin, webhookId)).toMatchObject({ state: 'ACTIVE', lastFailure });
  });
});

describe('A receiver', () => {
  it('that asks to wait is sent nothing before', async ({ server }) => {
    const receiver = await startReceiver(firstFailing(1, status(503, { 'retry-after': '2' })));
    const { id: webhookId } = await makeWebhook(server, admin, { url: receiver.url });
    const [one, other] = [await server.user(), await server.user()];
    await addTimes(server, admin, one.id, 1);
    await receiver.receives(1);
    await addTimes(server, admin, other.id, 1);
    const messages = await receiver.accepts(2);
    const [rest] = await server.database.query(
      `select extract(epoch from rest_until - last_failure_at)::float8 as seconds,
              floor(extract(epoch from rest_until) * 1000)::float8 as until
         from webhook_progress where webhook_id = $1`,
      [webhookId],
    );
    expect(rest?.['seconds']).toBeCloseTo(2, 1);
    expect(Math.min(...messages.map(({ at }) => at))).toBeGreaterThanOrEqual(Number(rest?.['until']));
  });

  it('that responds with 410 is sent nothing more, and its webhook is paused', async ({ server }) => {
    const receiver = await startReceiver(status(410));
    const { id: webhookId } = await makeWebhook(server, admin, { url: receiver.url });
    const { id } = await server.user();
    await addTimes(server, admin, id, 1);
    await vi.waitFor(async () => expect(await pausesOf(server, webhookId)).toHaveLength(1), { timeout: 10_000 });
    expect(await pausesOf(server, webhookId)).toEqual([[null, `webhook ${webhookId}: gone`]]);
    expect(await stateOf(server, admin, webhookId)).toMatchObject({
      ...{
        state: 'PAUSED',
        pausedBecause: 'GONE',
        pausedReason: 'The receiver responded with HTTP 410.',
        lastFailure: 'HTTP 410',
        pending: 1,
      },
    });
    await delay(1_000);
    expect(receiver.received).toHaveLength(1);
    receiver.respond = status(204);
    await server.send(admin, ResumeWebhookDocument, { id: webhookId });
    expect((await receiver.accepts(1)).map((message) => message.id)).toEqual([`${id}.1`]);
  });

  it('that fails ten times has its webhook paused, and is sent everything once it is resumed', {
    timeout: 60_000,
  }, async ({ server }) => {
    const receiver = await startReceiver(status(500));
    const { id: webhookId } = await makeWebhook(server, admin, { url: receiver.url });
    const { id } = await server.user();
    await addTimes(server, admin, id, 3);
    await vi.waitFor(async () => expect(await pausesOf(server, webhookId)).toHaveLength(1), { timeout: 30_000 });
    expect(receiver.received.map((message) => message.id)).toEqual(Array(10).fill(`${id}.1`));
    expect(await pausesOf(server, webhookId)).toEqual([[null, `webhook ${webhookId}: failures`]]);
    expect(await stateOf(server, admin, webhookId)).toMatchObject({
      state: 'PAUSED',
      pausedBecause: 'FAILURES',
      pending: 3,
    });
    expect(server.log.some((line) => line.includes('webhook_paused') && line.includes(webhookId))).toBe(true);
    expect(server.log.some((line) => line.includes(receiver.url))).toBe(false);
    receiver.respond = status(204);
    await server.send(admin, ResumeWebhookDocument, { id: webhookId });
    expect((await receiver.accepts(3)).map((message) => message.id)).toEqual([`${id}.1`, `${id}.2`, `${id}.3`]);
  });

  it('that refuses the entries of one user is sent those of the others', async ({ server }) => {
    const refused = await server.user();
    const receiver = await startReceiver(({ data }, response) =>
      response.writeHead(data.user.id === refused.id && receiver.received.length < 20 ? 422 : 200).end(),
    );
    await makeWebhook(server, admin, { url: receiver.url });
    const users = [refused, await server.user(), await server.user()];
    for (const { id } of users) await addTimes(server, admin, id, 5);
    const others = () => receiver.accepted.filter(({ data }) => data.user.id !== refused.id);
    await vi.waitUntil(() => others().length === 10, { timeout: 10_000 });
    expect(receiver.accepted.filter(({ data }) => data.user.id === refused.id).length).toBeLessThan(5);
    for (const { id } of users.slice(1)) {
      const own = others().filter(({ data }) => data.user.id === id);
      expect(own.map(({ data }) => data.sequence)).toEqual([1, 2, 3, 4, 5]);
    }
  });
});
