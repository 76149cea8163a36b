import { BOB, type Example } from './example.js';

/** The examples of webhooks, in the order of a first use. */
export const WEBHOOK_EXAMPLES: readonly Example[] = [
  {
    title: 'Create a webhook',
    scopes: ['webhooks:write', 'points:read'],
    query: `# Entries are sent to the URL from now on. The receiver verifies them with the public key.
mutation CreateWebhook($input: CreateWebhookInput!) {
  createWebhook(input: $input) {
    webhook { id publicKey }
    secret
  }
}
`,
    variables: { input: { url: 'https://example.com/scrip', events: ['POINTS_ENTRY'] } },
  },
  {
    title: 'State of webhooks',
    scopes: ['webhooks:read'],
    query: `# How many entries are pending, and what failed last.
query Webhooks {
  webhooks(first: 20) {
    nodes { id url state pausedReason pending lastDeliveredAt lastFailureAt lastFailure nextAttemptAt }
  }
}
`,
  },
  {
    title: 'Test a webhook',
    scopes: ['webhooks:write'],
    query: `# Sends one message now, also if the webhook is paused. It needs the scopes of its events as well.
mutation TestWebhook($input: TestWebhookInput!) {
  testWebhook(input: $input) {
    delivered
    status
    error
    durationMs
  }
}
`,
    variables: { input: { id: 'the id of the webhook' } },
  },
  {
    title: 'Redeliver entries',
    scopes: ['webhooks:write'],
    query: `# Sends the entries of a user once more, from a sequence on. It needs points:read as well.
mutation RedeliverWebhook($input: RedeliverWebhookInput!) {
  redeliverWebhook(input: $input) {
    webhook { pending }
  }
}
`,
    variables: { input: { id: 'the id of the webhook', user: BOB, fromSequence: 1 } },
  },
];
