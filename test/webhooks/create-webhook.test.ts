import { describe, expect } from 'vitest';
import type { CreateWebhookInput } from '../operations/generated.js';
import {
  CreateWebhookDocument,
  DeleteUserDocument,
  RevokeTokenDocument,
  RotateTokenDocument,
  WebhookDocument,
} from '../operations/generated.js';
import type { Credential, IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({ WEBHOOK_PRIVATE_NETWORKS: 'on' });
let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

const INPUT: CreateWebhookInput = { url: 'http://127.0.0.1:9/hook', events: ['POINTS_ENTRY'] };

const create = (server: TestServer, credential: Credential, input: Partial<CreateWebhookInput> = {}) =>
  server.send(credential, CreateWebhookDocument, { input: { ...INPUT, ...input } });

describe('Mutation.createWebhook', () => {
  it('makes an active webhook of the token, with a public key and without a secret', async ({ server }) => {
    const token = await server.token(['webhooks:write', 'points:read', 'users:read', 'tokens:read']);
    const { data } = await create(server, token);
    expect(data.createWebhook).toEqual({
      secret: null,
      webhook: {
        id: expect.any(String),
        url: INPUT.url,
        events: ['POINTS_ENTRY'],
        user: null,
        state: 'ACTIVE',
        pausedAt: null,
        pausedBecause: null,
        pausedReason: null,
        signature: 'ED25519',
        publicKey: expect.stringMatching(/^whpk_[A-Za-z0-9+/]{43}=$/),
        createdBy: { id: token.owner.id },
        token: { id: token.id },
        createdAt: expect.any(String),
        pending: 0,
        lastDeliveredAt: null,
        lastFailureAt: null,
        lastFailure: null,
        nextAttemptAt: null,
      },
    });
    const read = await server.send(admin, WebhookDocument, { id: data.createWebhook.webhook.id });
    expect(read.data.webhook).toEqual(data.createWebhook.webhook);
  });

  it('returns a secret of 32 bytes for HMAC_SHA256, and no public key', async ({ server }) => {
    const { data } = await create(server, admin, { signature: 'HMAC_SHA256' });
    expect(data.createWebhook.webhook).toMatchObject({ signature: 'HMAC_SHA256', publicKey: null });
    expect(data.createWebhook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  });

  it('makes a webhook of the user in a session', async ({ server }) => {
    const user = await server.user({ role: 'ADMIN' });
    const { data } = await create(server, await server.session(user));
    expect(data.createWebhook.webhook).toMatchObject({ createdBy: { id: user.id }, token: null });
  });

  it('is recorded in the audit log, without the URL', async ({ server }) => {
    const { data } = await create(server, admin);
    const { id } = data.createWebhook.webhook;
    const events = await server.database.query(
      `select action, subject_id, token_id, detail from audit_events where detail like $1`,
      [`%${id}%`],
    );
    expect(events).toEqual([
      { action: 'WEBHOOK_CREATED', subject_id: admin.owner.id, token_id: admin.id, detail: `webhook ${id}` },
    ]);
  });

  it.for([
    ['POINTS_ENTRY', 'POINTS_READ'],
    ['HOLD_ENDED', 'POINTS_READ'],
    ['TOKEN_EXPIRING', 'TOKENS_READ'],
    ['TOKEN_REVOKED', 'TOKENS_READ'],
    ['USER_DELETED', 'USERS_READ'],
  ] as const)('needs for %s the scope %s', async ([event, scope], { server }) => {
    const token = await server.token(['webhooks:write']);
    const denied = await server.send(
      token,
      'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { secret } }',
      { input: { ...INPUT, events: [event] } },
    );
    expect(denied.status).toBe(403);
    expect(denied.errors?.[0]?.extensions).toMatchObject({
      coordinate: 'CreateWebhookInput.events',
      missingScopes: [scope],
    });
    const inDocument = await server.send(
      token,
      `mutation { createWebhook(input: { url: "https://8.8.8.8", events: [${event}] }) { secret } }`,
    );
    expect(inDocument.status).toBe(403);
  });

  it('is denied to a token with limits, networks or documents', async ({ server }) => {
    const limited = await server.token(['webhooks:write', 'points:read'], undefined, {
      limits: { maxPointsPerChange: 10 },
    });
    const denied = await server.send(
      limited,
      'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { secret } }',
      { input: INPUT },
    );
    expect(denied.status).toBe(403);
    expect(denied.errors?.[0]?.extensions).toMatchObject({
      coordinate: 'Mutation.createWebhook',
      reason: 'LIMITED_TOKEN',
    });
  });

  it('refuses the 21st webhook of an owner, also of several tokens and sessions at once', async ({ server }) => {
    const owner = await server.user({ role: 'ADMIN' });
    const scopes = ['webhooks:write', 'points:read', 'users:read', 'tokens:read'] as const;
    const makers = [await server.token(scopes, owner), await server.token(scopes, owner), await server.session(owner)];
    const responses = await Promise.all(Array.from({ length: 24 }, (_, index) => create(server, makers[index % 3])));
    const codes = responses.map(({ errors }) => errors?.[0]?.extensions['code']).filter((code) => code !== undefined);
    expect(codes).toEqual(Array(4).fill('WEBHOOK_LIMIT'));
    expect(responses.find(({ errors }) => errors !== undefined)?.errors?.[0]?.extensions).toMatchObject({ max: 20 });
  });

  it('refuses a list without events, and a user who is not there', async ({ server }) => {
    const empty = await create(server, admin, { events: [] });
    expect(empty.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.events' });
    const missing = await create(server, admin, { user: { username: 'is.not.there' } });
    expect(missing.errors?.[0]?.extensions).toMatchObject({ code: 'USER_NOT_FOUND' });
  });

  it.for([
    'ftp://127.0.0.1/',
    'https://user:password@127.0.0.1/',
    'https://127.0.0.1/#fragment',
    'not a URL',
    `https://127.0.0.1/${'a'.repeat(2_000)}`,
  ])('refuses the URL %s', async (url, { server }) => {
    const { errors } = await create(server, admin, { url });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.url' });
  });
});

describe('A webhook', () => {
  it('passes to the successor of its token by rotation, and is paused once that is revoked', async ({ server }) => {
    const token = await server.token(['webhooks:write', 'points:read', 'users:read', 'tokens:read']);
    const { id } = (await create(server, token)).data.createWebhook.webhook;
    const rotated = await server.send(admin, RotateTokenDocument, { id: token.id, overlapSeconds: 60 });
    const successor = rotated.data.rotateToken.token.id;
    const read = async () => (await server.send(admin, WebhookDocument, { id })).data.webhook;
    await server.send(admin, RevokeTokenDocument, { input: { id: token.id } });
    expect(await read()).toMatchObject({ state: 'ACTIVE', token: { id: successor } });
    await server.send(admin, RevokeTokenDocument, { input: { id: successor } });
    expect(await read()).toMatchObject({
      state: 'PAUSED',
      pausedAt: expect.any(String),
      pausedBecause: 'CREDENTIAL',
      pausedReason: 'The app token that it belongs to was revoked.',
    });
  });

  it('is paused while its token is paused, and once the token has expired', async ({ server }) => {
    const token = await server.token(['webhooks:write', 'points:read', 'users:read', 'tokens:read']);
    const { id } = (await create(server, token)).data.createWebhook.webhook;
    const read = async () => (await server.send(admin, WebhookDocument, { id })).data.webhook;
    await server.database.query('update tokens set paused_at = now() where id = $1', [token.id]);
    expect(await read()).toMatchObject({
      state: 'PAUSED',
      pausedBecause: 'CREDENTIAL',
      pausedReason: 'The app token that it belongs to is paused.',
    });
    await server.database.query('update tokens set paused_at = null where id = $1', [token.id]);
    expect(await read()).toMatchObject({ state: 'ACTIVE', pausedAt: null, pausedBecause: null, pausedReason: null });
    await server.database.query('update tokens set expires_at = now() where id = $1', [token.id]);
    expect(await read()).toMatchObject({
      state: 'PAUSED',
      pausedBecause: 'CREDENTIAL',
      pausedReason: 'The app token that it belongs to has expired.',
    });
  });

  it('of a session is paused once its user loses a scope of its events, or is deleted', async ({ server }) => {
    const user = await server.user({ role: 'ADMIN' });
    const session = await server.session(user);
    const { id } = (await create(server, session)).data.createWebhook.webhook;
    const read = async () => (await server.send(admin, WebhookDocument, { id })).data.webhook;
    await server.database.query(`update users set role = 'USER' where id = $1`, [user.id]);
    expect(await read()).toMatchObject({
      state: 'PAUSED',
      pausedAt: null,
      pausedBecause: 'CREDENTIAL',
      pausedReason: 'The user that it belongs to no longer holds points:read.',
    });
    await server.send(admin, DeleteUserDocument, { user: { id: user.id } });
    expect(await read()).toMatchObject({
      state: 'PAUSED',
      pausedAt: expect.any(String),
      pausedBecause: 'CREDENTIAL',
      pausedReason: 'The user that it belongs to was deleted.',
    });
  });
});
