import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { announceFirstAdmin } from './accounts/announce-first-admin.js';
import { createFirstAdmin } from './accounts/create-first-admin.js';
import { createEnsureUser } from './accounts/ensure-user.js';
import { startAllJobs } from './app/start-jobs.js';
import { startSpans } from './app/start-spans.js';
import { createJwts } from './auth/jwt.js';
import { type Keyring, openKeyring } from './auth/keyring.js';
import { type KnownCredentials, rememberCredentials } from './auth/known-credentials.js';
import { createVerifyBearer } from './auth/verify-bearer.js';
import type { Config } from './config.js';
import { openDatabase, type ServedDatabase } from './database/open-database.js';
import type { User } from './embedded-postgres/run-program.js';
import { type OpenPolicy, openPolicy } from './graphql/open-policy.js';
import { startPipeline } from './graphql/pipeline.js';
import { createReadDocuments } from './graphql/read-documents.js';
import { createReads } from './graphql/reads.js';
import { createReadRequiredScopes } from './graphql/required-scopes.js';
import type { Services } from './graphql/services.js';
import { createTokenDocuments } from './graphql/token-documents.js';
import { registerAccessLog } from './http/access-log.js';
import { createDrain } from './http/drain.js';
import { registerGraphQL } from './http/graphql-route.js';
import { registerHealth } from './http/health.js';
import { createInFlight } from './http/in-flight.js';
import { countBodies, createIncomingMemory } from './http/incoming-bytes.js';
import { registerJwks } from './http/jwks-route.js';
import { listen } from './http/listen.js';
import { createMetrics, type Metrics } from './http/metrics.js';
import { registerMetrics } from './http/metrics-route.js';
import { registerPages } from './http/pages.js';
import { registerRequestChecks } from './http/request-checks.js';
import { createHttpServer } from './http/server.js';
import type { Spans } from './http/spans.js';
import { holdUnsent, UnsentResponses } from './http/unsent-responses.js';
import { registerWebSocket } from './http/websocket.js';
import { redacted } from './log.js';
import { composeLedger } from './points/compose-ledger.js';
import { root } from './root.js';
import { createSessionTokens } from './sessions/session-tokens.js';
import { createVerifySession } from './sessions/verify-session.js';
import { createThrottles } from './throttles/throttles.js';
import { findTokensOfUnknownKeys } from './tokens/find-tokens-of-unknown-keys.js';
import { createDocumentsOf } from './tokens/read-documents.js';
import { createTokenUsage } from './tokens/token-usage.js';
import { createVerifyToken } from './tokens/verify-token.js';
import { createPasswords, type Passwords } from './users/password-hash.js';
import { createCheckWebhookUrl } from './webhooks/check-url.js';
import { createWebhookKeys } from './webhooks/keys.js';
import { createSendMessage } from './webhooks/send.js';
import { type SenderTimes, startSender } from './webhooks/sender.js';

/** The build of the web pages, by Vite. */
const webDirectory = fileURLToPath(new URL('dist/web', root));

/** A server that is ready to listen. */
export interface App {
  /** The system user that the embedded PostgreSQL runs as; undefined: that of this process, or there is none. */
  readonly postgresUser: User | undefined;
  /** Starts to accept requests. */
  listen(): Promise<Addresses>;
  /** Lets what is in flight end, then closes all connections. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** Shows the first administrator's password at the terminal. */
  readonly showPassword?: ((password: string) => void) | undefined;
  readonly signal?: AbortSignal;
  /** Of the sender of webhooks, in tests. */
  readonly webhookTimes?: Partial<SenderTimes> & { readonly timeoutMs?: number };
}

/** The addresses that a server listens on. */
export interface Addresses {
  /** One that can be opened on this machine: `http://127.0.0.1:4000`, with BASE_PATH. */
  readonly url: string;
  /** Whether it listens on all interfaces of this machine. */
  readonly onAllInterfaces: boolean;
  /** `http://127.0.0.1:4000/metrics`; undefined: metrics are not served. */
  readonly metricsUrl: string | undefined;
}

/**
 * Composes the whole server, for the process and for tests; nothing else does.
 *
 * @param options.showPassword where there is a terminal; without one a generated password is written to a file.
 * @param options.signal ends the wait for a database that does not serve yet, with an AbortError.
 * @throws UnusableKey; UnsafeHome; UnusableFirstPassword; UnusableDocuments; UnusableDatabase, or an error of the embedded
 *   database where it does not start.
 */
export async function createApp(config: Config, logger: Logger, options: StartOptions = {}): Promise<App> {
  const log = redacted(logger);
  const keyring = await openKeyring(config.jwt);
  const { policy, findDocument } = await openPolicy(config, log);
  const spans = await startSpans(config, log);
  const database = await openDatabase(config.database, log, options.signal);
  for (const warning of database.warnings) log.warn({ event: 'database_warning' }, warning);
  try {
    return await assemble({ config, log, keyring, policy, findDocument, database, spans, ...options });
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** What the server is made from. */
interface Foundation extends OpenPolicy, Pick<StartOptions, 'showPassword' | 'webhookTimes'> {
  readonly config: Config;
  readonly log: Logger;
  readonly keyring: Keyring;
  readonly database: ServedDatabase;
  readonly spans: Spans | undefined;
}

async function assemble(foundation: Foundation): Promise<App> {
  const { config, database, spans } = foundation;
  const passwords = createPasswords();
  await ensureFirstAdmin({ ...foundation, passwords });
  await warnOfUnknownKeys(foundation);
  const { services, credentials, usage, closeConnections } = createServices({ ...foundation, passwords });
  const metrics = createMetrics({
    readDatabase: database.readStatistics,
    readChanges: services.ledger.readInFlight,
  });
  const { server, stop } = await createServer({ ...foundation, services, credentials, metrics });
  const metricsServer = await createMetricsServer({ ...foundation, metrics });
  const jobs = startAllJobs({ ...foundation, metrics });
  const sender = startWebhooks({ ...foundation, services, metrics });
  return {
    postgresUser: database.postgresUser,
    listen: async () => {
      const metricsUrl = await metricsServer?.listen({ host: '127.0.0.1', port: config.metrics.port ?? 0 });
      const { url, onAllInterfaces } = await listen(server, config.http);
      const base = `${url}${config.http.basePath}`;
      const metricsBase = metricsUrl ?? (config.metrics.token === undefined ? undefined : base);
      return {
        url: base,
        onAllInterfaces,
        metricsUrl: metricsBase === undefined ? undefined : `${metricsBase}/metrics`,
      };
    },
    close: async () => {
      const sent = sender.stop();
      await stop();
      closeConnections();
      metricsServer?.server.closeAllConnections();
      await metricsServer?.close();
      const flushed = Promise.all([sent, services.pointsFeed.flush(), usage.flush(), ...jobs.map((job) => job.stop())]);
      const ended = Promise.all([flushed.then(database.close), spans?.stop()]);
      await Promise.race([ended, delay(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}

/** What has stopped responding, as the database, is not waited for: `docker stop` kills the process after 10 s. */
const CLOSE_MS = 2_000;

async function ensureFirstAdmin(options: Foundation & { readonly passwords: Passwords }): Promise<void> {
  const { config, log, database, passwords, showPassword } = options;
  const locations = { file: config.adminPasswordFile, hasTerminal: showPassword !== undefined, home: config.home };
  const password = await createFirstAdmin(database.database, passwords, locations);
  if (password?.kind === 'TO_SHOW') showPassword?.(password.value);
  else if (password !== undefined) announceFirstAdmin(password, log);
}

/** A key that is no longer configured makes the app tokens that it signed invalid. */
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

/** What requests share, and the verification of their credentials. */
function createServices(options: Foundation & { readonly passwords: Passwords }) {
  const { config, log, keyring, policy, findDocument, passwords } = options;
  const { database, lookUps, changes, notifications } = options.database;
  const jwts = createJwts({ keyring, issuer: config.jwt.issuer, audience: config.jwt.audience });
  const usage = createTokenUsage(database, (error) =>
    log.warn({ event: 'token_usage_failed', err: error }, 'token usage could not be recorded'),
  );
  const credentials = rememberCredentials(
    createVerifyBearer({ jwts, ...createVerifyToken(lookUps, usage), session: createVerifySession(lookUps) }),
    Date.now,
  );
  const { send: sendMessage, close: closeConnections } = createSendMessage({
    ...config.webhooks,
    ...(options.webhookTimes?.timeoutMs !== undefined && { timeoutMs: options.webhookTimes.timeoutMs }),
  });
  const services: Services = {
    limits: config.limits,
    database,
    passwords,
    jwts,
    sessionTokens: createSessionTokens({ keyring, jwts, lifetime: config.sessions }),
    throttles: createThrottles({ database, limits: config.throttles, now: Date.now }),
    reads: createReads(database, lookUps),
    usernameRestDays: config.usernameRestDays,
    ensureUser: createEnsureUser({ database, usernameRestDays: config.usernameRestDays }),
    readDocuments: createReadDocuments({ describeDocument: policy.describeDocument, findDocument }),
    tokenDocuments: createTokenDocuments(createDocumentsOf(lookUps)),
    readRequiredScopes: createReadRequiredScopes({ policy, findDocument, limits: config.limits }),
    webhookKeys: createWebhookKeys(keyring),
    checkWebhookUrl: createCheckWebhookUrl(config.webhooks),
    sendMessage,
    ...composeLedger({
      database,
      changes,
      notifications,
      onFailure: (error) => log.warn({ event: 'ledger_statement_failed', err: error }, 'a ledger statement failed'),
      onUse: (credential, at) => {
        if (credential.kind === 'APP') usage.note(credential.tokenId, at.getTime() / 1_000);
      },
      onUnsent: (error) =>
        log.warn({ event: 'entries_not_announced', err: error }, 'other nodes were not notified of new entries'),
    }),
  };
  return { services, credentials, usage, closeConnections };
}

/** The sender of webhooks, which shares them with the other nodes. */
function startWebhooks(options: Foundation & { readonly services: Services; readonly metrics: Metrics }) {
  const { services, metrics, log, webhookTimes, database } = options;
  const { pointsFeed, reads, webhookKeys: keys, sendMessage: send } = services;
  const { lookUps, database: pool } = database;
  return startSender({ database: pool, lookUps, pointsFeed, reads, keys, send, metrics, log, times: webhookTimes });
}

interface ServerOptions extends Foundation {
  readonly services: Services;
  readonly credentials: KnownCredentials;
  readonly metrics: Metrics;
}

/** The HTTP server with all its routes. `stop` lets what is in flight end first. */
async function createServer(options: ServerOptions) {
  const { config, log, keyring, policy, findDocument, database, services, credentials, metrics, spans } = options;
  const { transports, limits, signUp } = config;
  const { basePath } = config.http;
  const pipeline = await startPipeline({ policy, findDocument, limits, signUp, log });
  const inFlight = createInFlight({ max: 5_000, timeoutSeconds: 28 });
  const server = await createHttpServer(config, log);
  const drain = createDrain(server, inFlight, config.http.drainSeconds);
  const incoming = createIncomingMemory(limits.bodyBytes);
  const unsent = new UnsentResponses(limits.responseBytes);
  registerAccessLog(server, { log, metrics, spans });
  holdUnsent(server, unsent);
  registerRequestChecks(server);
  countBodies(server, incoming);
  registerHealth(server, { readiness: database.readiness, drain });
  const { token } = config.metrics;
  if (token !== undefined) registerMetrics(server, { metrics, token });
  registerJwks(server, keyring);
  const pages = await registerPages(server, { directory: webDirectory, basePath });
  const graphql = { pipeline, services, ...credentials, transports, inFlight, metrics, spans, log };
  registerGraphQL(server, { ...graphql, pages });
  registerWebSocket(server, { ...graphql, incoming, unsent, limits, basePath });
  await server.ready(); // compiles the routes
  return { server, stop: () => drain.drain().then(pipeline.stop) };
}

/** A server of `/metrics` only, on loopback; undefined where `METRICS_PORT` is not set. */
async function createMetricsServer({ config, log, metrics }: Foundation & { readonly metrics: Metrics }) {
  if (config.metrics.port === undefined) return undefined;
  const server = await createHttpServer(config, log);
  registerRequestChecks(server);
  registerMetrics(server, { metrics, token: undefined });
  await server.ready(); // compiles the routes
  return server;
}
