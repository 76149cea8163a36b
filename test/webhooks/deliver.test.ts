import { describe, expect } from 'vitest';
import type { IssuedToken } from '../support/server.js';
import { isSignedByPublicKey, startReceiver } from './receiver.js';
import { addTimes, it, makeWebhook } from './sending.js';

let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

describe('A webhook', () => {
  it('is sent each entry once, in order, signed by its key', async ({ server }) => {
    const receiver = await startReceiver();
    const { publicKey } = await makeWebhook(server, admin, { url: receiver.url });
    const { id, username } = await server.user();
    await addTimes(server, admin, id, 3);
    const messages = await receiver.accepts(3);
    expect(messages.map((message) => message.id)).toEqual([`${id}.1`, `${id}.2`, `${id}.3`]);
    expect(messages.every((message) => isSignedByPublicKey(message, publicKey ?? ''))).toBe(true);
    expect(messages[0]).toMatchObject({
      type: 'points.entry',
      data: { user: { id, username }, sequence: 1, delta: 1 },
    });
  });
});
