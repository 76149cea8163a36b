import { ENTRIES_OF_USER, generateSecrets, type Secrets, USERS } from './data.js';
import { openCluster } from './database.js';
import { type Entrant, environment, findPages } from './entrants.js';
import { CONTENDERS, type Contender } from './line-up.js';
import { type Server, start } from './server.js';

/** Starts Scrip alone, on a database of its own, for as long as some work takes. */
export async function withScrip(
  work: (stage: Pick<Entrant, 'server' | 'pages'> & { readonly secrets: Secrets }) => Promise<void>,
  nodeOptions: readonly string[] = [],
): Promise<void> {
  const secrets = generateSecrets();
  const cluster = await openCluster();
  let server: Server | undefined;
  try {
    const database = await cluster.create('scrip', 'scrip', {
      secrets,
      ledger: { users: USERS, each: ENTRIES_OF_USER },
      otherTokens: 0,
    });
    server = await start(scrip(), { env: environment(database), secret: secrets.wide[0] ?? '', nodeOptions });
    await work({ server, pages: await findPages(server, secrets), secrets });
  } finally {
    await server?.stop();
    await cluster.stop();
    await cluster.remove();
  }
}

/** Scrip among the contenders. */
export function scrip(): Contender {
  const found = CONTENDERS.find(({ name }) => name === 'scrip');
  if (found === undefined) throw new Error('Scrip does not take part.');
  return found;
}
