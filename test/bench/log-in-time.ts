/**
 * How long a refused log-in takes, which could show whether there is such a user. Prints a Markdown table.
 *
 *     npx tsx test/bench/log-in-time.ts
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@node-rs/bcrypt';
import pg from 'pg';
import { pino } from 'pino';
import { createApp } from '../../src/app.js';
import { parseConfig } from '../../src/config.js';
import { openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';
import { median } from './statistics.js';

const ROUNDS = 20;

const password = 'correct horse battery';
const LOG_IN = 'mutation ($input: CredentialsInput!) { logIn(input: $input) { expiresIn } }';
const SIGN_UP = 'mutation ($input: CredentialsInput!) { signUp(input: $input) { expiresIn } }';

/** The usernames that log in, and why each is refused. */
const CASES = {
  unknown: 'an unknown user',
  known: 'a wrong password',
  unable: 'a user without a password',
  imported: 'an imported user (bcrypt, cost 10) before their first log-in',
} as const;

const home = await mkdtemp(join(tmpdir(), 'scrip-log-in-time-'));
await chmod(home, 0o755); // as root, PostgreSQL runs as another user, who has to enter it
const postgres = await openEmbeddedPostgres({ home, log: () => {} });
try {
  const config = parseConfig({
    PORT: '0',
    DATABASE_URL: postgres.url,
    JWT_SECRET: 'a secret that only this measurement uses',
    TRUSTED_PROXIES: '1',
    THROTTLE_REQUESTS_PER_MINUTE: '0',
  });
  const app = await createApp(config, pino({ level: 'silent' }));
  try {
    const { url } = await app.listen();
    print(await measure(url));
  } finally {
    await app.close();
  }
} finally {
  await postgres.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}

async function measure(url: string): Promise<Map<string, number[]>> {
  let sent = 0;
  // From another address each time, as a proxy reports it: the default throttles stay on, and delay no request.
  const send = async (query: string, username: string, tried: string): Promise<string> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': `10.${++sent >> 16}.${(sent >> 8) & 255}.${sent & 255}`,
      },
      body: JSON.stringify({ query, variables: { input: { username, password: tried } } }),
    });
    return await response.text();
  };
  const users = Object.keys(CASES).filter((name) => name !== 'unknown');
  for (const name of users) await send(SIGN_UP, name, password);
  await setPasswordHashes({ unable: null, imported: await hash(password, 10) });

  const times = new Map(Object.keys(CASES).map((name): [string, number[]] => [name, []]));
  for (let round = -2; round < ROUNDS; round++) {
    for (const name of shuffled([...times.keys()])) {
      const began = performance.now();
      const response = await send(LOG_IN, name, 'wrong horse battery');
      if (round >= 0) times.get(name)?.push(performance.now() - began); // the first two rounds warm up
      if (!response.includes('INVALID_CREDENTIALS')) throw new Error(`Not refused as it should be: ${response}`);
    }
  }
  return times;
}

async function setPasswordHashes(hashes: Record<string, string | null>): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  for (const [username, passwordHash] of Object.entries(hashes)) {
    await client.query('update users set password_hash = $2 where username = $1', [username, passwordHash]);
  }
  await client.end();
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}

function print(times: ReadonlyMap<string, readonly number[]>): void {
  const quartile = (sorted: readonly number[], part: number) => sorted[Math.round((sorted.length - 1) * part)] ?? 0;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const reference = median(times.get('unknown') ?? []);
  process.stdout.write(`${ROUNDS} log-ins each, interleaved, with the default throttles.\n\n`);
  process.stdout.write(line(['refused for', 'median', 'middle half', 'against an unknown user']));
  process.stdout.write(line(['---', '---:', '---:', '---:']));
  for (const [name, what] of Object.entries(CASES)) {
    const sorted = [...(times.get(name) ?? [])].sort((one, other) => one - other);
    const middle = [0.25, 0.75].map((part) => quartile(sorted, part).toFixed(1)).join(' – ');
    const difference = (median(sorted) / reference - 1) * 100;
    const against = `${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(1)} %`;
    process.stdout.write(line([what, `${median(sorted).toFixed(1)} ms`, `${middle} ms`, against]));
  }
}
