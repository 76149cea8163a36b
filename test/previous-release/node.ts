/** Nodes and commands of a checkout, in processes of their own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

export type Env = Readonly<Record<string, string>>;

/** Runs `scrip` of a checkout. Returns its standard output; fails where it fails. */
export async function scrip(folder: string, env: Env, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/cli/main.js', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  return stdout.trim();
}

/** A node that serves. */
export interface Serving {
  readonly url: string;
  /** Ends it as a service manager does. Returns its exit status. */
  stop(): Promise<number | null>;
}

/** Starts `scrip serve` of a checkout, on any port, and waits until it serves. */
export async function serve(folder: string, env: Env): Promise<Serving> {
  const child = spawn(process.execPath, ['dist/cli/main.js', 'serve'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  process.once('exit', () => child.kill('SIGKILL'));
  const url = await addressOf(child);
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      const [status] = await ended;
      return status;
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  let said = '';
  return await new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [, url] = /GraphiQL +(http:\S+)\/graphql/.exec(said) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (status) => reject(new Error(`The node ended with ${status} before it served: ${said}`)));
  });
}

/**
 * Sends an operation.
 *
 * @returns its data.
 * @throws an Error with the body where it has errors; a TypeError where the connection broke.
 */
export async function ask<Data>(url: string, secret: string, query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(secret !== '' && { authorization: `Bearer ${secret}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const body: { data: Data; errors?: unknown } = await response.json();
  if (body.errors !== undefined) throw new Error(`${query}: ${JSON.stringify(body.errors)}`);
  return body.data;
}
