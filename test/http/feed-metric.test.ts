import { expect, it } from 'vitest';
import { AllPointsChangedDocument } from '../operations/generated.js';
import { startServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';
import { createRelay } from './relay.js';

it('scrip_feed is polling while no connection listens, and listening again once one does', async () => {
  const relay = await createRelay();
  const server = await startServer({
    DATABASE_URL: relay.database.url,
    DATABASE_LISTEN_URL: relay.url,
    METRICS_PORT: '0',
  });
  const feed = async () => {
    const text = await (await fetch(server.metricsUrl ?? '')).text();
    return /^scrip_feed\{state="(\w+)"\} 1$/m.exec(text)?.[1];
  };
  expect(await feed()).toBe('idle');
  const socket = await openSocket(server);
  await socket.init(await server.everything());
  socket.subscribe('1', AllPointsChangedDocument);
  await expect.poll(feed).toBe('listening');
  relay.cut();
  await expect.poll(feed).toBe('polling');
  await relay.mend();
  await expect.poll(feed).toBe('listening');
  socket.socket.close();
  await server.close();
  await relay.close();
});
