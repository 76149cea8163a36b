import { NIL } from 'uuid';
import * as operations from '../operations/generated.js';
import type { RootField } from './root-fields.js';

const WRITE = { scopes: ['webhooks:write'] } as const;

export const WEBHOOK_QUERY: Readonly<Record<string, RootField>> = {
  webhook: {
    send: (server, caller) => server.send(caller, operations.WebhookStateDocument, { id: NIL }),
    scopes: ['webhooks:read'],
  },
  webhooks: { send: (server, caller) => server.send(caller, operations.WebhooksDocument), scopes: ['webhooks:read'] },
};

/** Without events, each of which would take a scope of its own: test/webhooks/create-webhook.test.ts. */
export const WEBHOOK_MUTATION: Readonly<Record<string, RootField>> = {
  createWebhook: {
    send: (server, caller) =>
      server.send(caller, operations.CreateBareWebhookDocument, { input: { url: 'https://x', events: [] } }),
    ...WRITE,
  },
  updateWebhook: {
    send: (server, caller) => server.send(caller, operations.UpdateWebhookDocument, { input: { id: NIL } }),
    ...WRITE,
  },
  rotateWebhookKey: {
    send: (server, caller) => server.send(caller, operations.RotateWebhookKeyDocument, { id: NIL }),
    ...WRITE,
  },
  pauseWebhook: {
    send: (server, caller) => server.send(caller, operations.PauseWebhookDocument, { id: NIL }),
    ...WRITE,
  },
  resumeWebhook: {
    send: (server, caller) => server.send(caller, operations.ResumeWebhookDocument, { id: NIL }),
    ...WRITE,
  },
  testWebhook: {
    send: (server, caller) => server.send(caller, operations.TestWebhookDocument, { id: NIL }),
    ...WRITE,
  },
  redeliverWebhook: {
    send: (server, caller, { id }) =>
      server.send(caller, operations.RedeliverWebhookDocument, { input: { id: NIL, user: { id }, fromSequence: 1 } }),
    ...WRITE,
  },
  deleteWebhook: {
    send: (server, caller) => server.send(caller, operations.DeleteWebhookDocument, { id: NIL }),
    ...WRITE,
  },
};
