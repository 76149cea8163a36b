import { BadUserInput } from '../errors.js';
import { type AddressRules, createLookUp, type LookUp, resolveHost } from './address.js';

const MAX_CHARACTERS = 2_000;

/**
 * Checks the URL of a webhook without asking for its host.
 *
 * @param field the path of the argument: `input.url`.
 * @throws BadUserInput
 */
export function parseUrl(field: string, text: string, { privateNetworks }: AddressRules): URL {
  const refuse = (message: string): never => {
    throw new BadUserInput(field, message);
  };
  if (text.length > MAX_CHARACTERS) refuse(`The URL has more than ${MAX_CHARACTERS} characters.`);
  if (!URL.canParse(text)) refuse('This is not a URL. It has the form https://example.com/path.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(privateNetworks && url.protocol === 'http:')) {
    refuse(privateNetworks ? 'The URL must begin with https:// or http://.' : 'The URL must begin with https://.');
  }
  if (url.username !== '' || url.password !== '') refuse('The URL must have no user name and no password.');
  if (text.includes('#')) refuse('The URL must have no fragment.');
  if (url.port === '0') refuse('The port must be 1 to 65535.');
  // A name in another script grows in its form for name servers, and a path where it is encoded.
  if (url.href.length > MAX_CHARACTERS) refuse(`The URL, encoded, has more than ${MAX_CHARACTERS} characters.`);
  return url;
}

/** The options of {@link requirePublicHost}. */
export interface HostOptions extends AddressRules {
  /** {@link createLookUp} unless given. */
  readonly lookUp?: LookUp | undefined;
}

/**
 * Looks up the host of a URL, and refuses one that webhooks may not reach. What it resolves to later is checked again with
 * each delivery.
 *
 * @throws BadUserInput
 */
export async function requirePublicHost(field: string, url: URL, options: HostOptions): Promise<void> {
  const resolved = await resolveHost(url.hostname, options.lookUp ?? createLookUp(options), options);
  switch (resolved.kind) {
    case 'ADDRESSES':
      return;
    case 'NOT_FOUND':
      throw new BadUserInput(field, 'The host of the URL was not found.');
    case 'NOT_ALLOWED':
      throw new BadUserInput(
        field,
        'The host of the URL has an address that webhooks may not reach: one of a private network, for example.',
      );
  }
}
