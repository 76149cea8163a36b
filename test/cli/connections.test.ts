import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { scrip } from '../process/program.js';
import { createDatabase } from '../support/database.js';

it('A command opens one connection to the database', async () => {
  const database = await createDatabase();
  const target = new URL(database.url);
  let connections = 0;
  const relay = createServer((near) => {
    connections++;
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far])
      socket.on('error', () => {}).on('close', () => [near, far].map((end) => end.destroy()));
    near.pipe(far).pipe(near);
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    relay.close();
    await database.drop();
  });
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((relay.address() as AddressInfo).port); // it listens on TCP
  const { status, stderr } = await scrip(['ledger', 'verify'], { env: { DATABASE_URL: url.href } });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(connections).toBe(1);
});
