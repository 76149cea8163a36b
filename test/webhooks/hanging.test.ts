import { expect, vi } from 'vitest';
import { startReceiver } from './receiver.js';
import { addTimes, makeWebhook, sendingWith } from './sending.js';

const it = sendingWith({ timeoutMs: 60_000 }); // no request ends while the test runs

it('Receivers that hang delay no other, also with as many requests as a node has in flight', async ({ server }) => {
  const maker = await server.everything();
  const hanging = await Promise.all(Array.from({ length: 12 }, () => startReceiver(() => {})));
  for (const { url } of hanging) await makeWebhook(server, maker, { url });
  const users = await Promise.all(Array.from({ length: 10 }, () => server.user()));
  await Promise.all(users.map(({ id }) => addTimes(server, maker, id, 1)));
  const requests = () => hanging.reduce((sum, { received }) => sum + received.length, 0);
  await vi.waitUntil(() => requests() >= 100, { timeout: 10_000 });
  const receiver = await startReceiver();
  await makeWebhook(server, maker, { url: receiver.url });
  await Promise.all(users.map(({ id }) => addTimes(server, maker, id, 2)));
  const messages = await receiver.accepts(20);
  for (const { id } of users) {
    const own = messages.filter(({ data }) => data.user.id === id);
    expect(own.map(({ data }) => data.sequence)).toEqual([2, 3]);
  }
  expect(hanging.every(({ accepted }) => accepted.length === 0)).toBe(true);
});
