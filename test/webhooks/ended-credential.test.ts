import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import {
  DeleteUserDocument,
  DeleteWebhookDocument,
  PauseTokenDocument,
  PauseWebhookDocument,
  ResumeTokenDocument,
  RevokeTokenDocument,
  RotateTokenDocument,
  UpdateUserDocument,
} from '../operations/generated.js';
import type { IssuedToken, LoggedIn, TestServer } from '../support/server.js';
import { startReceiver } from './receiver.js';
import { addTimes, it, makeWebhook, stateOf, writeEntries } from './sending.js';

let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

interface Made {
  readonly token: IssuedToken;
  readonly webhookId: string;
}

/** Ends what a webhook needs. Once it has resolved, no delivery may begin. */
type End = (server: TestServer, made: Made) => Promise<unknown>;

const ENDS: readonly (readonly [string, End])[] = [
  ['its token is revoked', (server, { token }) => server.send(admin, RevokeTokenDocument, { input: { id: token.id } })],
  ['its token is paused', (server, { token }) => server.send(admin, PauseTokenDocument, { id: token.id })],
  [
    'its token expires',
    (server, { token }) =>
      server.database.query('update tokens set expires_at = clock_timestamp() where id = $1', [token.id]),
  ],
  [
    'its owner is deleted',
    (server, { token }) => server.send(admin, DeleteUserDocument, { user: { id: token.owner.id } }),
  ],
  ['it is paused', (server, { webhookId }) => server.send(admin, PauseWebhookDocument, { id: webhookId })],
  ['it is deleted', (server, { webhookId }) => server.send(admin, DeleteWebhookDocument, { id: webhookId })],
];

describe('A webhook is sent nothing more once', () => {
  it.for(ENDS)('%s, in the middle of a thousand entries', async ([, end], { server }) => {
    const token = await server.token(['webhooks:write', 'points:read']);
    let ended: Promise<number> | undefined;
    const receiver = await startReceiver(async (_message, response) => {
      if (receiver.received.length === 50) ended = end(server, made).then(() => receiver.received.length);
      await delay(2);
      response.writeHead(204).end();
    });
    const { id } = await server.user();
    const { id: webhookId } = await makeWebhook(server, token, { url: receiver.url });
    const made = { token, webhookId };
    await writeEntries(server, id, 1_000);
    await receiver.receives(50);
    const receivedBefore = await ended;
    await delay(1_000);
    // The one message that was on its way when the end was confirmed may have come after it.
    expect(receiver.received.length).toBeLessThanOrEqual((receivedBefore ?? 0) + 1);
    expect(receiver.received.length).toBeLessThan(1_000);
    if (end !== ENDS.at(-1)?.[1]) expect(await stateOf(server, admin, webhookId)).toMatchObject({ state: 'PAUSED' });
  });

  it('the user of the session that made it loses the role that held its scopes', async ({ server }) => {
    const maker: LoggedIn = await server.session(await server.user({ role: 'ADMIN' }));
    const receiver = await startReceiver();
    const { id: webhookId } = await makeWebhook(server, maker, { url: receiver.url });
    const { id } = await server.user();
    await addTimes(server, admin, id, 1);
    await receiver.accepts(1);
    await server.send(admin, UpdateUserDocument, { input: { user: { id: maker.user.id }, role: 'USER' } });
    await addTimes(server, admin, id, 1);
    await delay(1_000);
    expect(receiver.received).toHaveLength(1);
    expect(await stateOf(server, admin, webhookId)).toMatchObject({ state: 'PAUSED', pausedAt: null, pending: 1 });
    await server.send(admin, UpdateUserDocument, { input: { user: { id: maker.user.id }, role: 'ADMIN' } });
    expect((await receiver.accepts(2)).map((message) => message.id)).toEqual([`${id}.1`, `${id}.2`]);
  });
});

describe('A webhook of a token', () => {
  it('continues once the token is resumed, where it stopped', async ({ server }) => {
    const token = await server.token(['webhooks:write', 'points:read']);
    const receiver = await startReceiver();
    await makeWebhook(server, token, { url: receiver.url });
    const { id } = await server.user();
    await server.send(admin, PauseTokenDocument, { id: token.id });
    await addTimes(server, admin, id, 2);
    await delay(500);
    expect(receiver.received).toHaveLength(0);
    await server.send(admin, ResumeTokenDocument, { id: token.id });
    expect((await receiver.accepts(2)).map((message) => message.id)).toEqual([`${id}.1`, `${id}.2`]);
  });

  it('passes to its successor by rotation', async ({ server }) => {
    const token = await server.token(['webhooks:write', 'points:read']);
    const receiver = await startReceiver();
    await makeWebhook(server, token, { url: receiver.url });
    await server.send(admin, RotateTokenDocument, { id: token.id, overlapSeconds: 0 });
    const { id } = await server.user();
    await addTimes(server, admin, id, 1);
    await receiver.accepts(1);
  });
});
