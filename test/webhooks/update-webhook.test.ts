import { describe, expect } from 'vitest';
import { CreateWebhookDocument, UpdateWebhookDocument, WebhookDocument } from '../operations/generated.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({ WEBHOOK_PRIVATE_NETWORKS: 'on' });
let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

async function create(server: TestServer, maker: IssuedToken = admin): Promise<string> {
  const input = { url: 'http://127.0.0.1:9/', events: ['POINTS_ENTRY' as const] };
  return (await server.send(maker, CreateWebhookDocument, { input })).data.createWebhook.webhook.id;
}

describe('Mutation.updateWebhook', () => {
  it('changes the URL and the events, and records which without the URL', async ({ server }) => {
    const id = await create(server);
    const input = { id, url: 'http://127.0.0.1:10/?key=hidden', events: ['USER_DELETED', 'HOLD_ENDED'] as const };
    const updated = await server.send(admin, UpdateWebhookDocument, { input: { ...input, events: [...input.events] } });
    expect(updated.data.updateWebhook.webhook).toEqual({ ...input, state: 'ACTIVE' });
    const [event] = await server.database.query(
      `select detail from audit_events where action = 'WEBHOOK_UPDATED' and detail like $1`,
      [`%${id}%`],
    );
    expect(event?.['detail']).toBe(`webhook ${id}: url; events: USER_DELETED HOLD_ENDED`);
  });

  it('leaves as it is what is left out, and records nothing where nothing changes', async ({ server }) => {
    const id = await create(server);
    const before = (await server.send(admin, WebhookDocument, { id })).data.webhook;
    for (const input of [{ id }, { id, url: null, events: null }, { id, url: 'http://127.0.0.1:9/' }])
      expect((await server.send(admin, UpdateWebhookDocument, { input })).errors).toBeUndefined();
    expect((await server.send(admin, WebhookDocument, { id })).data.webhook).toEqual(before);
    const events = await server.database.query('select action from audit_events where detail like $1', [`%${id}%`]);
    expect(events).toEqual([{ action: 'WEBHOOK_CREATED' }]);
  });

  it('needs the scopes of the events before and after', async ({ server }) => {
    const id = await create(server);
    const other = await server.token(['webhooks:write', 'users:read']);
    const before = await server.send(other, UpdateWebhookDocument, { input: { id, url: 'http://127.0.0.1:10/' } });
    expect(before.errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.updateWebhook',
      missingScopes: ['POINTS_READ'],
    });
    const reader = await server.token(['webhooks:write', 'points:read']);
    const after = await server.send(reader, UpdateWebhookDocument, { input: { id, events: ['USER_DELETED'] } });
    expect(after.status).toBe(403);
    expect(after.errors?.[0]?.extensions).toMatchObject({
      coordinate: 'UpdateWebhookInput.events',
      missingScopes: ['USERS_READ'],
    });
  });

  it('moves a webhook that names ids in other systems only for a caller with users:link', async ({ server }) => {
    const id = await create(server);
    const input = { id, url: 'http://127.0.0.1:10/' };
    const reader = await server.token(['webhooks:write', 'points:read']);
    expect((await server.send(reader, UpdateWebhookDocument, { input })).errors?.[0]?.extensions).toMatchObject({
      missingScopes: ['USERS_LINK'],
    });
    const linker = await server.token(['webhooks:write', 'points:read', 'users:link']);
    expect((await server.send(linker, UpdateWebhookDocument, { input })).errors).toBeUndefined();
    const ofReader = await create(
      server,
      await server.token(['webhooks:write', 'points:read', 'users:read', 'tokens:read']),
    );
    expect(
      (await server.send(reader, UpdateWebhookDocument, { input: { ...input, id: ofReader } })).errors,
    ).toBeUndefined();
  });

  it('refuses an empty list of events, and a webhook that is not there', async ({ server }) => {
    const id = await create(server);
    const empty = await server.send(admin, UpdateWebhookDocument, { input: { id, events: [] } });
    expect(empty.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.events' });
    const missing = await server.send(admin, UpdateWebhookDocument, { input: { id: admin.id } });
    expect(missing.errors?.[0]?.extensions['code']).toBe('WEBHOOK_NOT_FOUND');
  });
});
