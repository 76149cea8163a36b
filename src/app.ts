import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { announceFirstAdmin } from './accounts/announce-first-admin.js';
import { createFirstAdmin } from './accounts/create-first-admin.js';
import type { VerifyBearer } from './auth/authenticate.js';
import { createJwts } from './auth/jwt.js';
import { type Keyring, openKeyring } from './auth/keyring.js';
import { createVerifyBearer } from './auth/verify-bearer.js';
import type { Config } from './config.js';
import { type OpenDatabase, openDatabase } from './database/open-database.js';
import type { User } from './embedded-postgres/run-program.js';
import { createApollo } from './graphql/apollo.js';
import { withoutLogInInput } from './graphql/basic-log-in.js';
import { buildSchema } from './graphql/build-schema.js';
import type { Services } from './graphql/context.js';
import { createPolicy, type ScripPolicy } from './graphql/policy.js';
import { createReads } from './graphql/reads.js';
import { createReadRequiredScopes } from './graphql/required-scopes.js';
import { anyDocument, type FindDocument, openTrustedDocuments } from './graphql/trusted-documents.js';
import { registerAccessLog } from './http/access-log.js';
import { createDrain } from './http/drain.js';
import { registerGraphQL } from './http/graphql-route.js';
import { registerHealth } from './http/health.js';
import { createInFlight } from './http/in-flight.js';
import { registerJwks } from './http/jwks-route.js';
import { createMetrics, type Metrics } from './http/metrics.js';
import { registerMetrics } from './http/metrics-route.js';
import { registerPages } from './http/pages.js';
import { registerRequestChecks } from './http/request-checks.js';
import { createHttpServer } from './http/server.js';
import { registerWebSocket } from './http/websocket.js';
import { startJobs } from './jobs/jobs.js';
import { discreet } from './log.js';
import { createApplyPoints } from './points/apply-points.js';
import { createLedgerCheck } from './points/check-ledger.js';
import { systemClock } from './points/clock.js';
import { createPointsFeed } from './points/feed/points-feed.js';
import { createLedger } from './points/ledger.js';
import { root } from './root.js';
import { purgeSessions } from './sessions/purge-sessions.js';
import { createSessionTokens } from './sessions/session-tokens.js';
import { createVerifySession } from './sessions/verify-session.js';
import { purgeThrottles } from './throttles/purge-throttles.js';
import { createThrottles } from './throttles/throttles.js';
import { findTokensOfUnknownKeys } from './tokens/find-tokens-of-unknown-keys.js';
import { createTokenUsage } from './tokens/token-usage.js';
import { createVerifyToken } from './tokens/verify-token.js';
import { createPasswords, type Passwords } from './users/password-hash.js';

/** Where Vite builds the web pages. */
const webDirectory = fileURLToPath(new URL('dist/web', root));

/** A server that is ready to listen. */
export interface App {
  /** Whom the embedded PostgreSQL runs as; undefined: as this process, or there is none. */
  readonly postgresUser: User | undefined;
  /** Begins to serve. */
  listen(): Promise<Addresses>;
  /** Answers what is in flight, then lets go of everything. */
  close(): Promise<void>;
}

/** Shows the first administrator's password to the person at the terminal. */
export type ShowPassword = (password: string) => void;

/** Where a server listens. */
export interface Addresses {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  /** `http://127.0.0.1:4000/metrics`; undefined: they are served nowhere. */
  readonly metricsUrl: string | undefined;
}

/**
 * Puts the whole server together: the one place that does. The process and the tests differ only in the configuration.
 *
 * @param showPassword given where there is a terminal; without it a password that was made is kept in a file.
 * @throws UnusableKey; UnsafeHome; UnusableFirstPassword; UnusableDocuments; UnusableDatabase, or what the embedded
 *   database says, when there is nothing to keep points in.
 */
export async function createApp(config: Config, logger: Logger, showPassword?: ShowPassword): Promise<App> {
  const log = discreet(logger);
  const keyring = await openKeyring(config.jwt);
  const schema = config.transports.basicLogIn ? withoutLogInInput(buildSchema()) : buildSchema();
  const policy = createPolicy(schema, log);
  const findDocument = await openDocuments(config, policy);
  const database = await openDatabase(config.database, log);
  for (const warning of database.warnings) log.warn({ event: 'database_warning' }, warning);
  try {
    return await assemble({ config, log, keyring, policy, findDocument, database, showPassword });
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** What is there before anything serves. */
interface Foundation {
  readonly config: Config;
  readonly log: Logger;
  readonly keyring: Keyring;
  readonly policy: ScripPolicy;
  readonly findDocument: FindDocument;
  readonly database: OpenDatabase;
  readonly showPassword: ShowPassword | undefined;
}

async function assemble(foundation: Foundation): Promise<App> {
  const { config, database } = foundation;
  const passwords = createPasswords();
  await ensureFirstAdmin(foundation, passwords);
  await warnOfUnknownKeys(foundation);
  const metrics = createMetrics();
  const { services, verify, usage } = createServices(foundation, passwords);
  const { server, stop } = await createServer(foundation, { services, verify, metrics });
  const metricsServer = await createMetricsServer(foundation, metrics);
  const jobs = startAllJobs(foundation, metrics);
  return {
    postgresUser: database.postgresUser,
    listen: async () => {
      const own = await metricsServer?.listen({ host: '127.0.0.1', port: config.metrics.port ?? 0 });
      const url = await server.listen({ host: config.http.host, port: config.http.port });
      const base = own ?? (config.metrics.token === undefined ? undefined : url);
      return { url, metricsUrl: base === undefined ? undefined : `${base}/metrics` };
    },
    close: async () => {
      await stop();
      metricsServer?.server.closeAllConnections();
      await metricsServer?.close();
      const done = [services.pointsFeed.flush(), ...jobs.map((job) => job.stop()), usage.flush()];
      await withinPatience(Promise.all(done).then(database.close));
    },
  };
}

async function ensureFirstAdmin(foundation: Foundation, passwords: Passwords): Promise<void> {
  const { config, log, database, showPassword } = foundation;
  const places = { file: config.adminPasswordFile, hasTerminal: showPassword !== undefined, home: config.home };
  const password = await createFirstAdmin(database.database, passwords, places);
  if (password?.kind === 'TO_SHOW') showPassword?.(password.value);
  else if (password !== undefined) announceFirstAdmin(password, log);
}

/** A key that was dropped from the settings takes the app tokens that it signed with it. */
async function warnOfUnknownKeys({ database: { database }, keyring, log }: Foundation): Promise<void> {
  const { count, keyIds } = await findTokensOfUnknownKeys(
    database,
    keyring.all.map(({ id }) => id),
  );
  if (count === 0) return;
  log.warn(
    { event: 'tokens_of_unknown_keys', count, keyIds },
    'active app tokens in JWT format are rejected: the keys that signed them are not configured. ' +
      'Set JWT_PREVIOUS_SECRET or JWT_PREVIOUS_KEY_FILE to that key, or issue these tokens again',
  );
}

async function openDocuments(config: Config, { schema }: ScripPolicy): Promise<FindDocument> {
  const { trustedDocuments, limits } = config;
  if (trustedDocuments.length === 0) return anyDocument;
  return await openTrustedDocuments(trustedDocuments, { schema, maxTokens: limits.documentTokens });
}

/** What requests share, and the check of their credentials. */
function createServices(
  { config, log, keyring, policy, findDocument, database: opened }: Foundation,
  passwords: Passwords,
) {
  const { database, priority, notifications } = opened;
  const jwts = createJwts({ keyring, issuer: config.jwt.issuer, audience: config.jwt.audience });
  const usage = createTokenUsage(database, (error) => log.warn({ err: error }, 'the use of tokens was not noted'));
  const verify = createVerifyBearer({
    jwts,
    ...createVerifyToken(priority, usage),
    session: createVerifySession(priority),
  });
  const pointsFeed = createPointsFeed({
    database,
    notifications,
    onUnsent: (error) =>
      log.warn({ event: 'announcement_failed', err: error }, 'new entries could not be announced to other nodes'),
  });
  const services: Services = {
    database,
    pointsFeed,
    passwords,
    jwts,
    sessionTokens: createSessionTokens({ keyring, jwts, lifetime: config.sessions }),
    throttles: createThrottles({ database, limits: config.throttles, now: Date.now }),
    reads: createReads(database, priority),
    readRequiredScopes: createReadRequiredScopes({ policy, findDocument, limits: config.limits }),
    ledger: createLedger({
      run: createApplyPoints(priority),
      clock: systemClock,
      onFailure: (error) =>
        log.warn({ event: 'ledger_statement_failed', err: error }, 'a statement of the ledger failed'),
      onEntry: pointsFeed.announce,
    }),
  };
  return { services, verify, usage };
}

/** The HTTP server with all its routes; `stop` answers what is in flight first. */
async function createServer(
  { config, log, keyring, policy, findDocument, database }: Foundation,
  { services, verify, metrics }: { services: Services; verify: VerifyBearer; metrics: Metrics },
) {
  const { transports, limits } = config;
  const apollo = createApollo({ policy, limits, signUp: config.signUp, log });
  await apollo.start();
  const inFlight = createInFlight({ most: 5_000, seconds: 28 });
  const server = await createHttpServer(config, log);
  const drain = createDrain(server, inFlight);
  registerAccessLog(server, log, metrics);
  registerRequestChecks(server);
  registerHealth(server, database.readiness);
  const { token } = config.metrics;
  if (token !== undefined) registerMetrics(server, { metrics, token });
  registerJwks(server, keyring);
  const pages = await registerPages(server, { directory: webDirectory });
  const graphql = { apollo, findDocument, limits, services, verify, inFlight, metrics, log };
  registerGraphQL(server, { ...graphql, transports, pages });
  registerWebSocket(server, { ...graphql, schema: policy.schema });
  await server.ready(); // compiles the routes
  return { server, stop: () => drain().then(() => apollo.stop()) };
}

/** The listener of `/metrics` alone, on loopback; undefined where `METRICS_PORT` is unset. */
async function createMetricsServer({ config, log }: Foundation, metrics: Metrics) {
  if (config.metrics.port === undefined) return undefined;
  const server = await createHttpServer(config, log);
  registerRequestChecks(server);
  registerMetrics(server, { metrics, token: undefined });
  await server.ready(); // compiles the routes
  return server;
}

/** What is done in the background, by one node at a time. */
function startAllJobs({ log, database: { database } }: Foundation, metrics: Metrics) {
  return [
    startJobs({
      database,
      jobs: [purgeSessions, purgeThrottles],
      intervalSeconds: 300,
      onFailure: (error) => log.warn({ event: 'purge_failed', err: error }, 'expired rows could not be deleted'),
    }),
    startJobs({
      database,
      jobs: [
        createLedgerCheck({
          onChecked: metrics.ledgerChecked,
          onFault: (fault) => log.error({ event: 'ledger_fault', fault }, 'ledger invariant violated'),
        }),
      ],
      intervalSeconds: 60,
      onFailure: (error) => log.warn({ event: 'ledger_check_failed', err: error }, 'the ledger could not be checked'),
    }),
  ];
}

/** A database that has stopped answering is not waited for: whoever asked the process to stop kills it after 10 s. */
async function withinPatience(work: Promise<void>): Promise<void> {
  await Promise.race([work, delay(2_000, undefined, { ref: false })]);
}
