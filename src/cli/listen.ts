import { type Command, InvalidArgumentError } from 'commander';
import type { FollowedUser } from './follow-entries.js';
import { SIGNATURES, type SignatureName, signatureOption } from './signature-option.js';

interface Options {
  readonly forward: string;
  readonly url: string;
  readonly user?: string;
  readonly signature: SignatureName;
}

/** `scrip listen`: sends entries as a webhook does, to a receiver without a public address. */
export function defineListen(program: Command): void {
  program
    .command('listen')
    .description(
      'for development: send entries, as they are written, to a URL as a webhook does, until Ctrl-C; prints the key to verify ' +
        'them with. The environment variable SCRIP_TOKEN holds a token with points:read',
    )
    .requiredOption('--forward <url>', 'where they are sent to, such as http://127.0.0.1:3000/hook', parseHttpUrl)
    .option('--url <url>', 'where the server has its API', parseHttpUrl, 'http://127.0.0.1:4000/graphql')
    .option('--user <user>', 'only those of this user: a name, or the id in another system, such as twitch:1234')
    .addOption(signatureOption())
    .action(listen);
}

async function listen({ forward: target, url, user, signature }: Options): Promise<void> {
  const [{ followEntries }, { createForward }, { generateKey, signerOf }, { createSendMessage }] = await Promise.all([
    import('./follow-entries.js'),
    import('./forward-entries.js'),
    import('../webhooks/keys.js'),
    import('../webhooks/send.js'),
  ]);
  const token = await readToken();
  const followed = user === undefined ? undefined : await parseUser(user);
  const { key, publicKey, secret } = generateKey(SIGNATURES[signature]);
  const sign = signerOf(key, SIGNATURES[signature]);
  const stop = new AbortController();
  const { signal } = stop;
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
  const { send, close } = createSendMessage({ privateNetworks: true });
  const forward = createForward({ url: target, sign, send, signal, report });
  const entries = followEntries({
    url,
    token,
    user: followed,
    signal,
    onStarted: () => {
      report(
        `Sending the entries of ${user ?? 'all users'} to ${target}. ${publicKey === null ? 'Secret' : 'Public key'}:`,
      );
      process.stdout.write(`${publicKey ?? secret}\n`);
    },
    onLost: (reason) => {
      const lost = user === undefined ? ' What is written until then is not sent.' : '';
      report(`Lost the connection: ${reason}. Connecting again.${lost}`);
    },
  });
  try {
    for await (const entry of entries) void forward(entry);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stop.abort();
    close();
  }
}

/** Prints a message for the person at the terminal. */
function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** @throws BadUserInput */
async function readToken(): Promise<string> {
  const token = process.env['SCRIP_TOKEN']?.trim() ?? '';
  if (token !== '') return token;
  const { BadUserInput } = await import('../errors.js');
  throw new BadUserInput('SCRIP_TOKEN', 'Set the environment variable SCRIP_TOKEN to a token with points:read.');
}

/** @throws BadUserInput */
async function parseUser(argument: string): Promise<FollowedUser> {
  if (!argument.includes(':')) return { username: argument };
  const { parseExternalArgument } = await import('./external-argument.js');
  return { external: await parseExternalArgument(argument) };
}

function parseHttpUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('Write a URL that begins with http:// or https://.');
}
