import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDatabase } from '../support/database.js';
import type { TestServer } from '../support/server.js';
import { startReceiver } from './receiver.js';
import { addTimes, makeWebhook, startSending, writeEntries } from './sending.js';

/** Two nodes on one database. The first is closed by the test, the other with it. */
async function startTwo(): Promise<{ readonly first: TestServer; readonly second: TestServer }> {
  const first = await startSending();
  return { first, second: await startSending({ DATABASE_URL: first.database.url }) };
}

describe('Of two nodes', () => {
  it('one at a time sends, and each message is sent once', async () => {
    const { first, second } = await startTwo();
    try {
      const admin = await first.everything();
      let inFlight = 0;
      let overlaps = 0;
      const receiver = await startReceiver(async (_message, response) => {
        inFlight += 1;
        if (inFlight > 1) overlaps += 1;
        await delay(3);
        inFlight -= 1;
        response.writeHead(204).end();
      });
      await makeWebhook(first, admin, { url: receiver.url });
      const { id } = await first.user();
      for (let time = 0; time < 30; time += 1) await addTimes(time % 2 === 0 ? first : second, admin, id, 1);
      const messages = await receiver.accepts(30);
      expect(messages.map(({ data }) => data.sequence)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
      await delay(500);
      expect([receiver.received.length, overlaps]).toEqual([30, 0]);
    } finally {
      await second.close();
      await first.close();
    }
  });

  it('the other one takes over at once where the first ends, and sends without a gap and in order', {
    timeout: 60_000,
  }, async () => {
    const database = await createDatabase(); // a server that is closed drops its own
    onTestFinished(database.drop);
    const start = () => startSending({ DATABASE_URL: database.url }, { leaseSeconds: 60 });
    const lease = async () => {
      const [row] = await database.query(
        'select lease_holder as holder, lease_until > clock_timestamp() as is_live from webhook_progress',
      );
      return row;
    };
    const first = await start();
    const receiver = await startReceiver(async (_message, response) => {
      await delay(2);
      response.writeHead(204).end();
    });
    await makeWebhook(first, await first.everything(), { url: receiver.url });
    const { id } = await first.user();
    await vi.waitUntil(async () => (await lease())?.['is_live'] === true, { timeout: 5_000 });
    const holder = (await lease())?.['holder'];
    const second = await start();
    onTestFinished(second.close);
    await writeEntries({ database }, id, 1_000);
    await receiver.accepts(100);
    await first.close();
    const sentByFirst = receiver.received.length;
    await vi.waitUntil(async () => (await lease())?.['is_live'] === true, { timeout: 10_000 }); // sooner than the lease ends
    expect((await lease())?.['holder']).not.toBe(holder);
    expect(sentByFirst).toBeLessThan(1_000);
    await vi.waitUntil(() => new Set(receiver.accepted.map(({ data }) => data.sequence)).size === 1_000, {
      timeout: 30_000,
    });
    // What was on its way when the first ended may come twice; every step goes one ahead, or back to what was sent.
    let reached = 0;
    for (const { data } of receiver.accepted) {
      expect(data.sequence).toBeLessThanOrEqual(reached + 1);
      reached = Math.max(reached, data.sequence);
    }
  });
});
