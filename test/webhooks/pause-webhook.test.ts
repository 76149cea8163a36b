import { describe, expect } from 'vitest';
import {
  CreateWebhookDocument,
  DeleteWebhookDocument,
  PauseWebhookDocument,
  ResumeWebhookDocument,
  RotateWebhookKeyDocument,
  WebhookStateDocument,
  WebhooksDocument,
} from '../operations/generated.js';
import type { Credential, IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({ WEBHOOK_PRIVATE_NETWORKS: 'on' });
let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

async function create(server: TestServer, credential: Credential = admin): Promise<string> {
  const input = { url: 'http://127.0.0.1:9/', events: ['USER_DELETED' as const] };
  return (await server.send(credential, CreateWebhookDocument, { input })).data.createWebhook.webhook.id;
}

const actionsOn = async (server: TestServer, id: string) =>
  (await server.database.query('select action from audit_events where detail like $1 order by id', [`%${id}%`])).map(
    ({ action }) => action,
  );

describe('Mutation.pauseWebhook', () => {
  it('pauses until Mutation.resumeWebhook, and both are recorded once', async ({ server }) => {
    const id = await create(server);
    const paused = await server.send(admin, PauseWebhookDocument, { id });
    expect(paused.data.pauseWebhook.webhook).toEqual({
      id,
      state: 'PAUSED',
      pausedAt: expect.any(String),
      pausedBecause: 'REQUESTED',
      pausedReason: `It was paused by ${admin.owner.username}.`,
    });
    expect((await server.send(admin, PauseWebhookDocument, { id })).data).toEqual(paused.data);
    for (let time = 1; time <= 2; time += 1) {
      const resumed = await server.send(admin, ResumeWebhookDocument, { id });
      expect(resumed.data.resumeWebhook.webhook).toMatchObject({ id, state: 'ACTIVE', pausedAt: null });
    }
    expect(await actionsOn(server, id)).toEqual(['WEBHOOK_CREATED', 'WEBHOOK_PAUSED', 'WEBHOOK_RESUMED']);
  });

  it('needs webhooks:write alone, while resuming needs the scopes of the events too', async ({ server }) => {
    const id = await create(server);
    const writer = await server.token(['webhooks:write']);
    expect((await server.send(writer, PauseWebhookDocument, { id })).errors).toBeUndefined();
    const refused = await server.send(writer, ResumeWebhookDocument, { id });
    expect(refused.errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.resumeWebhook',
      missingScopes: ['USERS_READ'],
    });
  });
});

describe('Mutation.resumeWebhook', () => {
  it('is refused once the token of the webhook is revoked', async ({ server }) => {
    const token = await server.everything();
    const id = await create(server, token);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [token.id]);
    const refused = await server.send(admin, ResumeWebhookDocument, { id });
    expect(refused.errors?.[0]).toMatchObject({
      message: 'The app token that it belongs to was revoked.',
      extensions: { code: 'BAD_USER_INPUT', field: 'input.id' },
    });
  });
});

describe('A webhook whose key was encrypted by a signing key that is no longer configured', () => {
  it('is paused, and is resumed by a new key only', async ({ server }) => {
    const id = await create(server);
    await server.database.query(`update webhook_keys set sealed_by = 'removed' where webhook_id = $1`, [id]);
    const read = async () => (await server.send(admin, WebhookStateDocument, { id })).data.webhook;
    expect(await read()).toMatchObject({ state: 'PAUSED', pausedBecause: 'KEY', pausedAt: null });
    const refused = await server.send(admin, ResumeWebhookDocument, { id });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
    await server.send(admin, RotateWebhookKeyDocument, { id, overlapSeconds: 0 });
    expect(await read()).toMatchObject({ state: 'ACTIVE', pausedBecause: null });
  });
});

describe('Mutation.deleteWebhook', () => {
  it('deletes the webhook with its keys and deliveries, and is recorded', async ({ server }) => {
    const id = await create(server);
    const deleted = await server.send(admin, DeleteWebhookDocument, { id });
    expect(deleted.data.deleteWebhook).toEqual({ deletedWebhookId: id });
    expect((await server.send(admin, WebhookStateDocument, { id })).data.webhook).toBeNull();
    expect((await server.send(admin, DeleteWebhookDocument, { id })).errors?.[0]?.extensions['code']).toBe(
      'WEBHOOK_NOT_FOUND',
    );
    for (const table of ['webhook_keys', 'webhook_progress', 'webhook_deliveries'])
      expect(await server.database.query(`select 1 from ${table} where webhook_id = $1`, [id])).toEqual([]);
    expect(await actionsOn(server, id)).toEqual(['WEBHOOK_CREATED', 'WEBHOOK_DELETED']);
  });
});

describe('Query.webhooks', () => {
  it('lists all webhooks, newest first, in pages', async ({ server }) => {
    const ids = [await create(server), await create(server), await create(server)];
    const first = (await server.send(admin, WebhooksDocument, { first: 2 })).data.webhooks;
    expect(first.nodes.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    const { rows } = { rows: await server.database.query('select count(*)::int as count from webhooks') };
    expect(first.totalCount).toBe(rows[0]?.['count']);
    const next = (await server.send(admin, WebhooksDocument, { first: 1, after: first.pageInfo.endCursor })).data;
    expect(next.webhooks.nodes.map(({ id }) => id)).toEqual([ids[0]]);
  });
});
