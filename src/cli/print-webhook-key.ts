import type { DescribedWebhook } from './describe-webhook.js';

interface WithKey {
  readonly webhook: DescribedWebhook;
  /** Null: the webhook has a public key. */
  readonly secret: string | null;
}

/** Prints what was done to a webhook, and its new key alone on standard output; with `json` everything about it. */
export function printWebhookKey(
  sentence: string,
  { webhook, secret }: WithKey,
  { json }: { readonly json: true | undefined },
): void {
  const what = secret === null ? 'Its public key:' : 'Its secret, which is shown this once:';
  process.stderr.write(`${sentence} ${what}\n`);
  const key = secret ?? webhook.publicKey ?? '';
  process.stdout.write(`${json ? JSON.stringify({ secret, webhook }, undefined, 2) : key}\n`);
}
