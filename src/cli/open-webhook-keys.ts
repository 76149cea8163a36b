import type { Config } from '../config.js';
import type { WebhookKeys } from '../webhooks/keys.js';

/**
 * The keys of webhooks, encrypted by the signing key of tokens that the settings name.
 *
 * @throws UnusableKey
 */
export async function openWebhookKeys(config: Config['jwt']): Promise<WebhookKeys> {
  const [{ openKeyring }, { createWebhookKeys }] = await Promise.all([
    import('../auth/keyring.js'),
    import('../webhooks/keys.js'),
  ]);
  return createWebhookKeys(await openKeyring(config));
}
