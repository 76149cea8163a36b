import { once } from 'node:events';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { describe, expect } from 'vitest';
import { WebSocket } from 'ws';
import { itOnDatabase as it } from '../support/database-fixture.js';
import { documentsWith } from './every-operation.js';
import { addressOf, JWT_SECRET, type Program, scrip, startProcess } from './program.js';

/** Ends a string, a template and a comment of any code that it might be put into. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is for others to take it for one
const HOSTILE = '"}]});globalThis.hasRun=true;//\'`${globalThis.hasRun=true}*/';

/** As often as frequent queries are sent, should something ever treat those in a way of its own. */
const OFTEN = 60;

let env: Record<string, string>;
let secret: string;
it.beforeAll(async ({ database }) => {
  env = {
    JWT_SECRET,
    PORT: '0',
    DATABASE_URL: database.url,
    LOG_LEVEL: 'warn',
    THROTTLE_REQUESTS_PER_MINUTE: '0',
    LIMIT_COST: '10000000',
    NODE_OPTIONS: `--import ${new URL('code-generation-probe.mjs', import.meta.url).href}`,
  };
  const { NODE_OPTIONS: _, ...plain } = env;
  await scrip(['user', 'create', 'root', '--admin'], { env: plain });
  const scopes = ['users:read', 'posts:read', 'points:read', 'tokens:read', 'audit:read'].join();
  const issued = await scrip(['token', 'issue', '--owner', 'root', '--name', 'reader', '--scopes', scopes], {
    env: plain,
  });
  secret = issued.stdout.trim();
});

describe('A serving process', () => {
  it.each(['npm start', 'scrip serve'] as const)('cannot make code from text in any way, under %s', async (command) => {
    const program = startProcess({ env }, command);
    await addressOf(program);
    const { ran, failed, end } = await attemptsIn(program);
    expect({ ran, end }).toEqual({ ran: [], end: 'false' });
    expect(failed).toHaveLength(11);
  });

  it('responds to every operation without an attempt to make code, however often it is sent', {
    timeout: 120_000,
  }, async () => {
    const program = startProcess({ env });
    const url = await addressOf(program);
    const queries = documentsWith(HOSTILE, OperationTypeNode.QUERY);
    const mutations = documentsWith(HOSTILE, OperationTypeNode.MUTATION);
    const subscriptions = documentsWith(HOSTILE, OperationTypeNode.SUBSCRIPTION);
    expect(queries.length).toBeGreaterThan(12);
    expect(mutations.length).toBeGreaterThan(20);

    for (const authorization of [undefined, `Bearer ${secret}`]) {
      const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
      const post = (query: string) =>
        fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
      const get = (query: string) => fetch(`${url}/graphql?${new URLSearchParams({ query })}`, { headers });
      for (const query of [...queries, ...mutations]) await answered([post(query), get(query)]);
      for (const query of queries) await answered(Array.from({ length: OFTEN }, () => post(query)));

      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: authorization === undefined ? {} : { authorization },
        retryAttempts: 0,
      });
      for (const query of [...queries, ...mutations, ...subscriptions]) await first(client.iterate({ query }));
      await client.dispose();
    }
    expect(program.said.stderr).toBe('');
    expect(program.said.stdout).not.toContain('EvalError');
    expect((await attemptsIn(program)).end).toBe('false');
  });
});

/** Has the probe try every way to make code of text. */
async function attemptsIn({ process: child, said, says }: Program) {
  const [, pid] = await says(/^PROBE pid (\d+)$/m);
  process.kill(Number(pid), 'SIGUSR2');
  for (;;) {
    const [, end] = /^PROBE end (\w+)$/m.exec(said.stderr) ?? [];
    const found = (word: string) => [...said.stderr.matchAll(new RegExp(`^PROBE ${word}: (.*)$`, 'gm'))];
    if (end !== undefined) return { ran: found('ran').map(([, way]) => way), failed: found('failed'), end };
    await once(child.stderr ?? child, 'data');
  }
}

async function answered(requests: readonly Promise<Response>[]): Promise<void> {
  for (const response of await Promise.all(requests)) {
    expect(response.status, await response.text()).toBeLessThan(500);
  }
}

/** The first result of an operation, or what refused it; a subscription goes no further. */
async function first(results: AsyncIterableIterator<unknown>): Promise<void> {
  await Promise.race([results.next().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 100))]);
  await results.return?.();
}
