import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { BadUserInput } from '../errors.js';

/**
 * Asks for a new password of a user, twice, at the terminal, which does not show it.
 *
 * @throws BadUserInput without a terminal, or where the two differ; AbortError at Ctrl-C.
 */
export async function askNewPassword(username: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new BadUserInput('password', 'There is no terminal to ask for the new password. Use --password-stdin.');
  }
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: hidden, terminal: true });
  const stop = new AbortController();
  lines.on('SIGINT', () => stop.abort(new Error('Interrupted. Nothing was changed.')));
  const ask = async (question: string) => {
    process.stderr.write(`${question}: `);
    try {
      return await lines.question('', { signal: stop.signal });
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : error;
    } finally {
      process.stderr.write('\n');
    }
  };
  try {
    const password = await ask(`New password of ${username}`);
    if ((await ask('Once more')) !== password) throw new BadUserInput('password', 'The two passwords differ.');
    return password;
  } finally {
    lines.close();
  }
}
