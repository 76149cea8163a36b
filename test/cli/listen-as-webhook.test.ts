import { expect } from 'vitest';
import { AddPointsDocument } from '../operations/generated.js';
import { startProcess } from '../process/program.js';
import { it, makeWebhook } from '../webhooks/sending.js';
import { openReceiver } from './receiver.js';

it('scrip listen sends an entry as a webhook does', async ({ server }) => {
  const everything = await server.everything();
  const { id, username } = await server.user({ externalIds: [{ issuer: 'twitch', id: '1234' }] });
  const [listened, sent] = [await openReceiver(() => 204), await openReceiver(() => 204)];
  const { secret } = await server.token(['points:read', 'users:link']);
  const args = ['listen', '--forward', listened.url, '--url', `${server.url}/graphql`, '--user', username];
  const listening = startProcess({ env: { SCRIP_TOKEN: secret } }, args);
  await listening.says(/whpk_/);
  await makeWebhook(server, everything, { url: sent.url, user: { id } });

  const metadata = [
    { key: 'b', value: '2' },
    { key: 'a', value: '"1"' },
  ];
  const input = { user: { id }, points: 5, reason: 'a gift\n🎁', reference: 'order 7', metadata };
  expect((await server.send(everything, AddPointsDocument, { input })).errors).toBeUndefined();
  await Promise.all([listened.hasReceived(1), sent.hasReceived(1)]);
  const [[ours], [theirs]] = [listened.received, sent.received];
  expect(ours?.body).toBe(theirs?.body);
  // What depends on the moment, the key and the address.
  const own = {
    'webhook-timestamp': expect.any(String),
    'webhook-signature': expect.any(String),
    host: expect.any(String),
  };
  expect(ours?.headers).toEqual({ ...theirs?.headers, ...own });
});
