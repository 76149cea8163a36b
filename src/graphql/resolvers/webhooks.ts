import { authenticated } from '../../auth/principal.js';
import { BadUserInput } from '../../errors.js';
import { parseId } from '../../input.js';
import { parseUserRef } from '../../users/user.js';
import { createWebhook } from '../../webhooks/create-webhook.js';
import { deleteWebhook } from '../../webhooks/delete-webhook.js';
import type { WebhookEvent } from '../../webhooks/event.js';
import { pauseWebhook } from '../../webhooks/pause-webhook.js';
import { countWebhooks, listWebhooks } from '../../webhooks/read-webhooks.js';
import { redeliverWebhook } from '../../webhooks/redeliver-webhook.js';
import { resumeWebhook } from '../../webhooks/resume-webhook.js';
import { rotateWebhookKey } from '../../webhooks/rotate-key.js';
import { testWebhook } from '../../webhooks/test-webhook.js';
import { updateWebhook } from '../../webhooks/update-webhook.js';
import { pauseOf, type Webhook } from '../../webhooks/webhook.js';
import type { Context } from '../context.js';
import type { Resolvers } from '../generated.js';
import { byId, connection, pageRequest } from './connection.js';

/** A week. */
const MAX_OVERLAP_SECONDS = 604_800;

const newestFirst = byId('webhooks');

export const resolvers: Pick<Resolvers, 'Query' | 'Mutation' | 'Webhook'> = {
  Query: {
    webhook: async (_source, { id }, { services: { reads } }) => (await reads.webhookById(parseId(id))) ?? null,
    webhooks: async (_source, args, { services: { database } }) => {
      const request = pageRequest(newestFirst, args);
      return connection(newestFirst, request, await listWebhooks(database, request), () => countWebhooks(database));
    },
  },
  Mutation: {
    createWebhook: async (_source, { input }, { services, request }) => {
      const events = parseEvents(input.events);
      const url = await services.checkWebhookUrl('input.url', input.url);
      const userId = input.user == null ? null : await services.reads.userId(parseUserRef('input.user', input.user));
      const signature = input.signature ?? 'ED25519';
      const ownerId = authenticated(request.principal).userId;
      return await createWebhook(services, { url, events, userId, signature, ownerId }, request.actor);
    },
    updateWebhook: async (_source, { input }, { services, request: { actor } }) => {
      const changes = {
        url: input.url == null ? undefined : await services.checkWebhookUrl('input.url', input.url),
        events: input.events == null ? undefined : parseEvents(input.events),
      };
      return { webhook: await updateWebhook(services.database, parseId(input.id), changes, actor) };
    },
    rotateWebhookKey: async (_source, { input }, { services, request: { actor } }) => {
      const rotation = { id: parseId(input.id), overlapSeconds: parseOverlap(input.overlapSeconds ?? 86_400) };
      return await rotateWebhookKey(services, rotation, actor);
    },
    pauseWebhook: async (_source, { input: { id } }, { services: { database }, request: { actor } }) => ({
      webhook: await pauseWebhook(database, parseId(id), actor),
    }),
    resumeWebhook: async (_source, { input }, { services, request: { actor } }) => {
      const resumption = { id: parseId(input.id), from: input.from ?? 'WHERE_IT_STOPPED' };
      return { webhook: await resumeWebhook(services, resumption, actor) };
    },
    testWebhook: async (_source, { input: { id } }, { services, request: { actor } }) => {
      const result = await testWebhook(services, parseId(id), actor);
      return {
        delivered: result.kind === 'ACCEPTED',
        status: result.status,
        error: result.kind === 'ACCEPTED' ? null : result.error,
        durationMs: result.durationMs,
      };
    },
    redeliverWebhook: async (_source, { input }, { services, request: { actor } }) => {
      const userId = await services.reads.userId(parseUserRef('input.user', input.user));
      const redelivery = { id: parseId(input.id), userId, fromSequence: input.fromSequence };
      return { webhook: await redeliverWebhook(services.database, redelivery, actor) };
    },
    deleteWebhook: async (_source, { input: { id } }, { services: { database }, request: { actor } }) => ({
      deletedWebhookId: await deleteWebhook(database, parseId(id), actor),
    }),
  },
  Webhook: {
    user: async ({ userId }, _args, { services: { reads } }) =>
      userId === null ? null : await reads.existingUser(userId),
    state: (webhook, _args, context) => (pause(webhook, context) === undefined ? 'ACTIVE' : 'PAUSED'),
    pausedAt: (webhook, _args, context) => pause(webhook, context)?.at ?? null,
    pausedBecause: (webhook, _args, context) => pause(webhook, context)?.kind ?? null,
    pausedReason: (webhook, _args, context) => pause(webhook, context)?.reason ?? null,
    createdBy: async ({ ownerId }, _args, { services: { reads } }) => await reads.existingUser(ownerId),
    token: async ({ tokenId }, _args, { services: { reads } }) =>
      tokenId === null ? null : ((await reads.tokenById(tokenId)) ?? null),
    pending: async ({ id }, _args, { services: { reads } }) => await reads.pendingOf(id),
    nextAttemptAt: async (webhook, _args, context) =>
      pause(webhook, context) === undefined ? await context.services.reads.nextAttemptOf(webhook.id) : null,
  },
};

function pause(webhook: Webhook, { services: { webhookKeys } }: Context) {
  return pauseOf(webhook, webhookKeys.isKnown);
}

function parseEvents(events: readonly WebhookEvent[]): readonly WebhookEvent[] {
  if (events.length === 0) throw new BadUserInput('input.events', 'Name at least one event.');
  return [...new Set(events)];
}

function parseOverlap(seconds: number): number {
  if (seconds >= 0 && seconds <= MAX_OVERLAP_SECONDS) return seconds;
  throw new BadUserInput('input.overlapSeconds', `The overlap must be 0 to ${MAX_OVERLAP_SECONDS} seconds.`);
}
