import { parseUrl, requirePublicHost } from './url.js';

/**
 * Parses the URL of a webhook and checks that its host is not in a private network.
 *
 * @param field the argument's path, for the message.
 * @throws BadUserInput
 */
export type CheckWebhookUrl = (field: string, text: string) => Promise<string>;

export function createCheckWebhookUrl(options: { readonly privateNetworks: boolean }): CheckWebhookUrl {
  return async (field, text) => {
    const url = parseUrl(field, text, options);
    await requirePublicHost(field, url, options);
    return url.href;
  };
}
