import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished } from 'vitest';
import { hold } from '../support/held.js';
import type { IssuedToken } from '../support/server.js';
import { startReceiver } from './receiver.js';
import { addTimes, it, makeWebhook, startSending } from './sending.js';

let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

describe('A user', () => {
  it('is sent entries while those of eight others have no response', async () => {
    const server = await startSending({}, { timeoutMs: 30_000 });
    onTestFinished(() => server.close());
    const maker = await server.everything();
    const hanging = new Set<string>();
    const receiver = await startReceiver((message, response) => {
      if (!hanging.has(message.data.user.id)) response.writeHead(204).end();
    });
    await makeWebhook(server, maker, { url: receiver.url });
    const others = await Promise.all(Array.from({ length: 8 }, () => server.user()));
    for (const { id } of others) hanging.add(id);
    await Promise.all(others.map(({ id }) => addTimes(server, maker, id, 1)));
    await receiver.receives(8);
    await delay(2_600); // after 2 s without a response the webhook counts as slow
    const user = await server.user();
    await addTimes(server, maker, user.id, 2);
    const accepted = await receiver.accepts(2);
    expect(accepted.map(({ id }) => id)).toEqual([`${user.id}.1`, `${user.id}.2`]);
    expect(receiver.received).toHaveLength(10);
  });
});

describe('An entry', () => {
  it('that is written while the delivery of the one before is noted is sent too', async ({ server }) => {
    let respond = () => {};
    const responding = new Promise<void>((resolve) => (respond = resolve));
    const receiver = await startReceiver(async (_message, response) => {
      await responding;
      response.writeHead(204).end();
    });
    const { id: webhook } = await makeWebhook(server, admin, { url: receiver.url });
    const user = await server.user();
    await addTimes(server, admin, user.id, 1);
    await receiver.receives(1);
    const row = 'select from webhook_deliveries where webhook_id = $1 and subject_id = $2 for update';
    const held = await hold(server, row, [webhook, user.id]);
    respond();
    await held.reached(); // the note, which does not see the next entry
    await addTimes(server, admin, user.id, 1);
    await held.isFollowed(); // what finds that entry
    await held.release();
    expect((await receiver.accepts(2)).map(({ id }) => id)).toEqual([`${user.id}.1`, `${user.id}.2`]);
  });
});
