import { resolve } from 'node:path';
import type { TrustedProxies } from './config-values.js';
import type { SettingFile } from './setting-file.js';
import { environment } from './settings.js';
import type * as z from './zod.js';

/** The settings of a process, parsed. Nothing else reads the environment. */
export interface Config {
  readonly http: {
    readonly host: string;
    /** 0 lets the system choose. */
    readonly port: number;
    /** Of every path that a client sees: `/scrip`; empty: none. */
    readonly basePath: string;
    /** How long requests are served after the process was told to stop, so that a load balancer sends them elsewhere. */
    readonly drainSeconds: number;
    /** Origins whose pages may call the API. */
    readonly corsOrigins: readonly string[];
    /** The reverse proxies that are believed about the client's address. */
    readonly trustedProxies: TrustedProxies;
  };
  /** Where metrics are served; nowhere, where both are undefined. */
  readonly metrics: {
    /** A port of 127.0.0.1, of their own; 0 lets the system choose. */
    readonly port: number | undefined;
    /** What a request for them has to carry on the API's port. */
    readonly token: string | undefined;
  };
  /** Where traces are sent; undefined: nowhere. */
  readonly traces: TracesConfig | undefined;
  readonly database: {
    readonly source:
      | { readonly kind: 'embedded'; readonly home: string }
      /** `file`: DATABASE_URL_FILE, whose password is read again for each new connection. */
      | { readonly kind: 'url'; readonly url: string; readonly file?: string | undefined };
    readonly poolSize: number;
    /** A pooler in transaction mode stands between: no named prepared statements, no settings at connect. */
    readonly behindPooler: boolean;
    /** Where notifications are received; undefined: from the database itself, or nowhere behind a pooler. */
    readonly listenUrl: string | undefined;
    /** DATABASE_LISTEN_URL_FILE, read again like that of the source. */
    readonly listenUrlFile?: string | undefined;
    /** SCRIP_HOME, whose owner may own these files. */
    readonly home: string;
    /** What makes a confirmed change survive a crash: the server's settings, which are checked, or its provider. */
    readonly durability: 'server' | 'provider';
    /** How long a start waits for a database that does not serve. */
    readonly startTimeoutSeconds: number;
    /** Nothing is served while no synchronous standby is connected. */
    readonly requireSyncStandby: boolean;
  };
  /** The folder for what Scrip makes itself: the embedded PostgreSQL, a signing secret, the first administrator's password. */
  readonly home: string;
  /** Holds the password of the first administrator; undefined: one is made. */
  readonly adminPasswordFile: string | undefined;
  readonly jwt: {
    /** What tokens are signed with; undefined: nothing was named, and there is no home to keep a secret in. */
    readonly current: KeySource | undefined;
    /** Verifies what was signed before the current key came. */
    readonly previous: KeySource | undefined;
    /** Verifies what other nodes sign already, and is published before it is used. */
    readonly next: KeySource | undefined;
    readonly issuer: string;
    readonly audience: string;
  };
  readonly sessions: {
    readonly accessTokenSeconds: number;
    /** A session that was not renewed for so long ends. */
    readonly idleDays: number;
    /** A session ends after so long however often it is renewed; 0: never. */
    readonly absoluteDays: number;
  };
  /** Whether users may create accounts for themselves. */
  readonly signUp: boolean;
  /** How long a name that was freed can be taken by its last user only; 0: any user can at once. */
  readonly usernameRestDays: number;
  /** Limits on attempts; 0: no limit. */
  readonly throttles: {
    /** How many passwords may be wrong in a row, for one account from one address, before a growing wait. */
    readonly logInFailures: number;
    /** By address. */
    readonly signUpsPerHour: number;
    /** By session. */
    readonly renewalsPerMinute: number;
    /** By session; without a credential, by address. App tokens are not limited. Each process counts for itself. */
    readonly requestsPerMinute: number;
  };
  readonly webhooks: {
    /** Whether they may reach hosts in private networks, and without TLS. */
    readonly privateNetworks: boolean;
  };
  /** Ways to send a credential besides `Authorization: Bearer`, for clients that know no other. */
  readonly transports: {
    /** The header `api-token: <token>`. */
    readonly apiTokenHeader: boolean;
    /** `Authorization: JWT <token>`. */
    readonly jwtScheme: boolean;
    /** `Authorization: Basic …` on `logIn`, instead of its input. */
    readonly basicLogIn: boolean;
  };
  readonly limits: {
    readonly bodyBytes: number;
    readonly documentBytes: number;
    readonly documentTokens: number;
    readonly depth: number;
    readonly aliases: number;
    readonly rootFields: number;
    /** Of one list, in the values of variables and in the document. */
    readonly listItems: number;
    readonly cost: number;
    /** Of one response. */
    readonly responseBytes: number;
    /** Open WebSockets. */
    readonly sockets: number;
    /** Operations that run at once on one of them. */
    readonly socketOperations: number;
  };
  /** Files, and folders, with the only operations that are run; none: any operation is. */
  readonly trustedDocuments: readonly string[];
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

export interface TracesConfig {
  /** `http://127.0.0.1:4318/v1/traces` */
  readonly url: string;
  /** A secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
}

/** Where a signing key is; `setting` is the variable that says so. */
export type KeySource = { readonly setting: string } & (
  | { readonly kind: 'secret'; readonly secret: string }
  /** The owner of `home` may own the file. */
  | { readonly kind: 'file'; readonly path: string; readonly home: string }
  | { readonly kind: 'home'; readonly home: string }
);

/** Settings are invalid. The message names each of them, and no value. */
export class BadConfig extends Error {}

type Variables = Readonly<Record<string, string | undefined>>;

/** What the files of secret settings hold, by the name of the setting: that of `JWT_SECRET_FILE` is `JWT_SECRET`. */
export type SecretFiles = Readonly<Record<string, SettingFile & { readonly path: string }>>;

/**
 * Makes a configuration of environment variables; an empty one counts as unset, an unknown one is ignored.
 *
 * @param files read already: a `NAME_FILE` among the variables is ignored.
 * @throws BadConfig naming every bad variable.
 */
export function parseConfig(variables: Variables, files: SecretFiles = {}): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const read = Object.entries(files).flatMap(([name, file]) => ('value' in file ? [[name, file.value]] : []));
  const parsed = environment.safeParse({ ...given, ...Object.fromEntries(read) });
  const faults = [...faultsOfFiles(files, given), ...faultsOfValues(parsed.error, files)];
  if (!parsed.success || faults.length > 0) throw new BadConfig(`Bad settings: ${faults.join('; ')}.`);
  const env = parsed.data;
  const home = resolve(env.SCRIP_HOME);
  if (env.METRICS_PORT === env.PORT && env.PORT !== 0) throw new BadConfig('PORT and METRICS_PORT must be different.');
  return {
    http: {
      host: env.HOST,
      port: env.PORT,
      basePath: env.BASE_PATH ?? '',
      drainSeconds: env.DRAIN_SECONDS,
      corsOrigins: env.CORS_ORIGINS,
      trustedProxies: env.TRUSTED_PROXIES,
    },
    database: databaseOf(env, { home, files }),
    home,
    adminPasswordFile: env.ADMIN_PASSWORD_FILE === undefined ? undefined : resolve(env.ADMIN_PASSWORD_FILE),
    jwt: jwtOf(env, home),
    sessions: {
      accessTokenSeconds: env.ACCESS_TOKEN_SECONDS,
      idleDays: env.SESSION_IDLE_DAYS,
      absoluteDays: env.SESSION_ABSOLUTE_DAYS,
    },
    metrics: { port: env.METRICS_PORT, token: env.METRICS_TOKEN },
    traces: tracesOf(env),
    signUp: env.SIGN_UP,
    usernameRestDays: env.USERNAME_REST_DAYS,
    throttles: {
      logInFailures: env.THROTTLE_LOGIN_FAILURES,
      signUpsPerHour: env.THROTTLE_SIGNUPS_PER_HOUR,
      renewalsPerMinute: env.THROTTLE_RENEWALS_PER_MINUTE,
      requestsPerMinute: env.THROTTLE_REQUESTS_PER_MINUTE,
    },
    webhooks: { privateNetworks: env.WEBHOOK_PRIVATE_NETWORKS },
    transports: {
      apiTokenHeader: env.AUTH_HEADER_API_TOKEN,
      jwtScheme: env.AUTH_SCHEME_JWT,
      basicLogIn: env.AUTH_BASIC_LOGIN,
    },
    limits: limitsOf(env),
    trustedDocuments: env.TRUSTED_DOCUMENTS,
    logLevel: env.LOG_LEVEL,
  };
}

function faultsOfFiles(files: SecretFiles, given: Variables): string[] {
  return Object.entries(files).flatMap(([name, file]) => {
    if (given[name] !== undefined) return [`${name} and ${name}_FILE are both set: remove one`];
    return 'fault' in file ? [`${name}_FILE ${file.fault}`] : [];
  });
}

function faultsOfValues(error: z.ZodError | undefined, files: SecretFiles): string[] {
  return (error?.issues ?? []).map(({ path: [setting = ''], message }) => {
    const name = String(setting);
    return `${name}${Object.hasOwn(files, name) ? ` in the file of ${name}_FILE` : ''} ${message}`;
  });
}

type Env = z.output<typeof environment>;

function databaseOf(env: Env, { home, files }: { home: string; files: SecretFiles }): Config['database'] {
  const url = env.DATABASE_URL;
  if (env.DATABASE_LISTEN_URL !== undefined && url === undefined)
    throw new BadConfig('DATABASE_LISTEN_URL needs DATABASE_URL: the embedded PostgreSQL has no pooler.');
  return {
    source: url === undefined ? { kind: 'embedded', home } : { kind: 'url', url, file: files['DATABASE_URL']?.path },
    poolSize: env.DATABASE_POOL,
    behindPooler: env.DATABASE_POOLER,
    listenUrl: env.DATABASE_LISTEN_URL,
    listenUrlFile: files['DATABASE_LISTEN_URL']?.path,
    home,
    durability: env.DATABASE_DURABILITY,
    startTimeoutSeconds: env.DATABASE_START_TIMEOUT_SECONDS,
    requireSyncStandby: env.REQUIRE_SYNC_STANDBY,
  };
}

function tracesOf(env: Env): TracesConfig | undefined {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return undefined;
  return {
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    serviceName: env.OTEL_SERVICE_NAME,
  };
}

function limitsOf(env: Env): Config['limits'] {
  return {
    bodyBytes: env.LIMIT_BODY_BYTES,
    documentBytes: env.LIMIT_DOCUMENT_BYTES,
    documentTokens: env.LIMIT_DOCUMENT_TOKENS,
    depth: env.LIMIT_DEPTH,
    aliases: env.LIMIT_ALIASES,
    rootFields: env.LIMIT_ROOT_FIELDS,
    listItems: env.LIMIT_LIST_ITEMS,
    cost: env.LIMIT_COST,
    responseBytes: env.LIMIT_RESPONSE_BYTES,
    sockets: env.LIMIT_SOCKETS,
    socketOperations: env.LIMIT_SOCKET_OPERATIONS,
  };
}

function jwtOf(env: Env, home: string): Config['jwt'] {
  return {
    current:
      keySource(env, 'JWT_SECRET', 'JWT_PRIVATE_KEY_FILE') ??
      (env.DATABASE_URL === undefined ? { setting: 'SCRIP_HOME', kind: 'home', home } : undefined),
    previous: keySource(env, 'JWT_PREVIOUS_SECRET', 'JWT_PREVIOUS_KEY_FILE'),
    next: keySource(env, 'JWT_NEXT_SECRET', 'JWT_NEXT_KEY_FILE'),
    issuer: env.JWT_ISSUER,
    audience: env.JWT_AUDIENCE,
  };
}

function keySource(
  env: Env,
  secret: 'JWT_SECRET' | 'JWT_PREVIOUS_SECRET' | 'JWT_NEXT_SECRET',
  file: 'JWT_PRIVATE_KEY_FILE' | 'JWT_PREVIOUS_KEY_FILE' | 'JWT_NEXT_KEY_FILE',
): KeySource | undefined {
  const [value, path] = [env[secret], env[file]];
  if (value !== undefined && path !== undefined) throw new BadConfig(`Set ${secret} or ${file}, not both.`);
  if (value !== undefined) return { setting: secret, kind: 'secret', secret: value };
  return path === undefined
    ? undefined
    : { setting: file, kind: 'file', path: resolve(path), home: resolve(env.SCRIP_HOME) };
}
