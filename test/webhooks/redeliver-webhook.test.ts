import { describe, expect, vi } from 'vitest';
import {
  PauseWebhookDocument,
  RedeliverWebhookDocument,
  ResumeWebhookDocument,
  UpdateWebhookDocument,
} from '../operations/generated.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { startReceiver } from './receiver.js';
import { addTimes, it, makeWebhook, setBack, writeEntries } from './sending.js';

let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

const redeliver = (server: TestServer, id: string, userId: string, fromSequence: number) =>
  server.send(admin, RedeliverWebhookDocument, { input: { id, user: { id: userId }, fromSequence } });

/** Pauses a webhook, and has it be behind by a day. */
async function leaveBehind(server: TestServer, id: string): Promise<void> {
  await server.send(admin, PauseWebhookDocument, { id });
  await setBack(server, id);
}

const sequencesOf = (messages: readonly { data: { sequence: number } }[]) => messages.map(({ data }) => data.sequence);

describe('Mutation.redeliverWebhook', () => {
  it('sends the entries of a user once more, while others are sent as before', async ({ server }) => {
    const receiver = await startReceiver();
    const { id: webhook } = await makeWebhook(server, admin, { url: receiver.url });
    const [user, other] = [await server.user(), await server.user()];
    await addTimes(server, admin, user.id, 4);
    await receiver.accepts(4);
    expect((await redeliver(server, webhook, user.id, 2)).errors).toBeUndefined();
    await receiver.accepts(7);
    await addTimes(server, admin, other.id, 1);
    await addTimes(server, admin, user.id, 1);
    const messages = await receiver.accepts(9);
    const own = messages.filter(({ data }) => data.user.id === user.id);
    expect(sequencesOf(own)).toEqual([1, 2, 3, 4, 2, 3, 4, 5]);
  });

  it('sends an entry once more that was accepted just now, while later ones are being sent', async ({ server }) => {
    const receiver = await startReceiver();
    receiver.respond = (_message, response) => void setTimeout(() => response.writeHead(204).end(), 100);
    const { id: webhook } = await makeWebhook(server, admin, { url: receiver.url });
    const user = await server.user();
    await writeEntries(server, user.id, 8);
    await receiver.accepts(3);
    expect((await redeliver(server, webhook, user.id, 3)).errors).toBeUndefined();
    await vi.waitUntil(() => sequencesOf(receiver.accepted).includes(8), { timeout: 15_000 });
    const sequences = sequencesOf(receiver.accepted);
    expect(sequences.filter((sequence) => sequence === 3)).toHaveLength(2);
    expect(sequences.slice(sequences.lastIndexOf(3))).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it('passes over no entry that was not delivered yet', async ({ server }) => {
    const receiver = await startReceiver();
    const { id: webhook } = await makeWebhook(server, admin, { url: receiver.url });
    const user = await server.user();
    await leaveBehind(server, webhook);
    await writeEntries(server, user.id, 20, '2 days');
    await writeEntries(server, user.id, 20, '1 hour');
    // An entry that is yet to be sent, and then one that was.
    await redeliver(server, webhook, user.id, 35);
    await server.send(admin, ResumeWebhookDocument, { id: webhook });
    const sequences = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
    const received = async (count: number) => {
      // The webhook is sent the entries of other tests as well.
      const own = () => sequencesOf(receiver.accepted.filter(({ data }) => data.user.id === user.id));
      await vi.waitUntil(() => own().length >= count, { timeout: 15_000 });
      return own();
    };
    expect(await received(20)).toEqual(sequences(21, 40));
    await redeliver(server, webhook, user.id, 11);
    expect((await received(50)).slice(20)).toEqual(sequences(11, 40));
  });

  it('is refused for an entry that is not there, another user, and a webhook without entries', async ({ server }) => {
    const [user, other] = [await server.user(), await server.user()];
    await addTimes(server, admin, user.id, 2);
    await addTimes(server, admin, other.id, 1);
    const { id: ofUser } = await makeWebhook(server, admin, { url: 'http://127.0.0.1:9/', user: { id: user.id } });
    for (const sequence of [0, -1, 3]) {
      const refused = await redeliver(server, ofUser, user.id, sequence);
      expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.fromSequence' });
    }
    const ofOther = await redeliver(server, ofUser, other.id, 1);
    expect(ofOther.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.user' });
    const { id: ofHolds } = await makeWebhook(server, admin, { url: 'http://127.0.0.1:9/', events: ['HOLD_ENDED'] });
    const withoutEntries = await redeliver(server, ofHolds, user.id, 1);
    expect(withoutEntries.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
  });
});

describe('Mutation.updateWebhook', () => {
  it('adds the entries of its user to a webhook of one user, from then on', async ({ server }) => {
    const receiver = await startReceiver();
    const user = await server.user();
    await addTimes(server, admin, user.id, 2);
    const webhook = { url: receiver.url, user: { id: user.id }, events: ['HOLD_ENDED' as const] };
    const { id } = await makeWebhook(server, admin, webhook);
    for (const events of [['HOLD_ENDED'], ['HOLD_ENDED', 'POINTS_ENTRY']] as const) {
      const updated = await server.send(admin, UpdateWebhookDocument, { input: { id, events: [...events] } });
      expect(updated.errors).toBeUndefined();
    }
    await addTimes(server, admin, user.id, 1);
    expect(sequencesOf(await receiver.accepts(1))).toEqual([3]);
  });
});
