import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { createJwts } from './auth/jwt.js';
import { openKeyring } from './auth/keyring.js';
import { createVerifyBearer } from './auth/verify-bearer.js';
import type { Config } from './config.js';
import { openDatabase } from './database/open-database.js';
import { createApollo } from './graphql/apollo.js';
import { withoutLogInInput } from './graphql/basic-log-in.js';
import { buildSchema } from './graphql/build-schema.js';
import { createPolicy } from './graphql/policy.js';
import { createReads } from './graphql/reads.js';
import { createReadRequiredScopes } from './graphql/required-scopes.js';
import { anyDocument, openTrustedDocuments } from './graphql/trusted-documents.js';
import { startHousekeeping } from './housekeeping/housekeeping.js';
import { registerAccessLog } from './http/access-log.js';
import { createDrain } from './http/drain.js';
import { registerGraphQL } from './http/graphql-route.js';
import { registerHealth } from './http/health.js';
import { createInFlight } from './http/in-flight.js';
import { registerJwks } from './http/jwks-route.js';
import { createMetrics } from './http/metrics.js';
import { registerPages } from './http/pages.js';
import { createHttpServer } from './http/server.js';
import { registerWebSocket } from './http/websocket.js';
import { discreet } from './log.js';
import { createApplyPoints } from './points/apply-points.js';
import { createLedgerCheck } from './points/check-ledger.js';
import { systemClock } from './points/clock.js';
import { createPointsFeed } from './points/feed/points-feed.js';
import { createLedger } from './points/ledger.js';
import { purgeSessions } from './sessions/purge-sessions.js';
import { createSessionTokens } from './sessions/session-tokens.js';
import { createVerifySession } from './sessions/verify-session.js';
import { purgeThrottles } from './throttles/purge-throttles.js';
import { createThrottles } from './throttles/throttles.js';
import { createTokenUsage } from './tokens/token-usage.js';
import { createVerifyToken } from './tokens/verify-token.js';
import { createFirstAdmin } from './users/create-first-admin.js';
import { createPasswords } from './users/password-hash.js';

/** Where Vite builds the web pages. */
const webDirectory = fileURLToPath(new URL('../dist/web', import.meta.url));

/** A server that is ready to listen. */
export interface App {
  /** The password of the administrator that this start created; it is kept nowhere. */
  readonly firstAdminPassword: string | undefined;
  /** Begins to serve, and answers the address: `http://127.0.0.1:4000`. */
  listen(): Promise<string>;
  /** Answers what is in flight, then lets go of everything. */
  close(): Promise<void>;
}

/**
 * Puts the whole server together: the one place that does. The process and the tests differ only in the configuration.
 *
 * @throws UnusableKey; UnusableDocuments; UnusableDatabase, or what the embedded database says, when there is nothing to
 *   keep points in.
 */
export async function createApp(config: Config, logger: Logger): Promise<App> {
  const log = discreet(logger);
  const keyring = await openKeyring(config.jwt);
  const jwts = createJwts({ keyring, issuer: config.jwt.issuer, audience: config.jwt.audience });
  const schema = config.transports.basicLogIn ? withoutLogInInput(buildSchema()) : buildSchema();
  const policy = createPolicy(schema, log);
  const { documentTokens: maxTokens } = config.limits;
  const findDocument =
    config.trustedDocuments.length === 0
      ? anyDocument
      : await openTrustedDocuments(config.trustedDocuments, { schema: policy.schema, maxTokens });
  const { database, priority, notifications, close: closeDatabase } = await openDatabase(config.database, log);
  const passwords = createPasswords();
  const firstAdminPassword = await createFirstAdmin(database, passwords);
  const sessionTokens = createSessionTokens({ keyring, jwts, lifetime: config.sessions });
  const usage = createTokenUsage(database, (error) => log.warn({ err: error }, 'the use of tokens was not noted'));
  const verify = createVerifyBearer({
    jwts,
    ...createVerifyToken(priority, usage),
    session: createVerifySession(priority),
  });
  const pointsFeed = createPointsFeed({
    database,
    notifications,
    onUnsent: (error) => log.warn({ err: error }, 'other nodes were not told of new entries'),
  });
  const services = {
    database,
    pointsFeed,
    passwords,
    jwts,
    sessionTokens,
    throttles: createThrottles(database, config.throttles),
    reads: createReads(database),
    readRequiredScopes: createReadRequiredScopes(policy, maxTokens),
    ledger: createLedger({
      run: createApplyPoints(priority),
      clock: systemClock,
      onFailure: (error) => log.warn({ err: error }, 'a statement of the ledger failed'),
      onEntry: pointsFeed.announce,
    }),
  };
  const apollo = createApollo({ policy, limits: config.limits, log });
  await apollo.start();
  const metrics = createMetrics();
  const inFlight = createInFlight({ most: 5_000, seconds: 28 });
  const server = await createHttpServer(config, log);
  const drain = createDrain(server, inFlight);
  registerAccessLog(server, log, metrics);
  registerHealth(server, { database, metrics });
  registerJwks(server, keyring);
  const pages = await registerPages(server, { directory: webDirectory });
  const { transports, limits } = config;
  const graphql = { apollo, findDocument, services, verify, inFlight, metrics, log };
  registerGraphQL(server, { ...graphql, transports, pages });
  registerWebSocket(server, { ...graphql, schema: policy.schema, limits });
  const housekeeping = startHousekeeping({
    database,
    chores: [purgeSessions, purgeThrottles],
    everySeconds: 300,
    onFailure: (error) => log.warn({ err: error }, 'what has expired was not purged'),
  });
  const ledgerCheck = startHousekeeping({
    database,
    chores: [
      createLedgerCheck({
        onChecked: metrics.ledgerChecked,
        onFault: (fault) => log.error({ fault }, 'the ledger is wrong'),
      }),
    ],
    everySeconds: 60,
    onFailure: (error) => log.warn({ err: error }, 'the ledger was not checked'),
  });
  return {
    firstAdminPassword,
    listen: () => server.listen({ host: config.http.host, port: config.http.port }),
    close: async () => {
      await drain();
      await apollo.stop();
      const done = [pointsFeed.settle(), housekeeping.stop(), ledgerCheck.stop(), usage.flush()];
      await withinPatience(Promise.all(done).then(closeDatabase));
    },
  };
}

/** A database that has stopped answering is not waited for: whoever asked the process to stop kills it after 10 s. */
async function withinPatience(work: Promise<void>): Promise<void> {
  await Promise.race([work, delay(2_000, undefined, { ref: false })]);
}
