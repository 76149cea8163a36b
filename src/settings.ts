/**
 * The settings: the name, form, default and meaning of each environment variable. docs/reference/settings.md and
 * .env.example are generated from here (`npm run codegen`).
 */
import { resolve } from 'node:path';
import { isOrigin, parseTrustedProxies } from './config-values.js';
import {
  basePath,
  claim,
  databaseUrl,
  isSecret,
  onOrOff,
  SECRET,
  signingSecret,
  wholeNumber,
} from './setting-types.js';
import { monitoring } from './settings/monitoring.js';
import * as z from './zod.js';

const network = {
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe(
      'The address to listen on. If root starts the process, use an IP address: the name `localhost` has two, and the first accepts requests before the process gives up root.',
    ),
  PORT: wholeNumber(0, 65_535).default(4000).describe('The port to listen on. 0 lets the system choose one.'),
  BASE_PATH: basePath
    .optional()
    .describe(
      'The path below which a reverse proxy serves Scrip, such as `/scrip`; at most 200 characters. The proxy may pass it on or remove it: every path, `/healthz`, `/readyz` and `/metrics` too, is served with it and without. Pages, redirects and messages have it.',
    ),
  DRAIN_SECONDS: wholeNumber(0, 600)
    .default(0)
    .describe(
      'After SIGTERM `/readyz` is 503 while requests are served for so long, each with `Connection: close`, until the server stops. Let it be longer than a load balancer takes to notice, and the time that a container has to stop 10 s longer.',
    ),
  CORS_ORIGINS: z
    .string()
    .transform((value) => value.split(/[\s,]+/).filter((origin) => origin !== ''))
    .refine(
      (origins) => origins.every(isOrigin),
      'must be origins such as https://app.example, separated by commas: in lower case, without a path, a slash at the end or the default port',
    )
    .default([])
    .describe(
      'Origins whose pages may call the API, such as `https://app.example`, separated by commas. Their pages may send any header.',
    ),
  TRUSTED_PROXIES: z
    .string()
    .transform(parseTrustedProxies)
    .refine(
      (trusted) => trusted !== undefined,
      'must be addresses and CIDRs such as 10.0.0.0/8, separated by commas, or a number from 0 to 10',
    )
    .default({ kind: 'hops', hops: 0 })
    .describe(
      'Addresses and CIDRs, separated by commas, of the reverse proxies whose `X-Forwarded-For` is believed; each hop is checked. This is the safer form. A number from 1 to 10 counts proxies instead and checks the peer alone: where it has a loopback, private or link-local address, the client is the entry of that number from the right of `X-Forwarded-For`, whichever addresses follow it. Where fewer proxies add an entry, or a client reaches the port from such an address, the client chooses its own address. From any other peer the header is ignored, and an app token with networks is refused where one sends it, or `Forwarded`. 0 trusts no proxy, as where it is unset.',
    ),
};

const database = {
  DATABASE_URL: databaseUrl.meta({
    ...SECRET,
    description:
      'The PostgreSQL database, such as `postgres://user:password@host:5432/database`, with one host. In the user name and the password write `#` as `%23`, `/` as `%2F`, `?` as `%3F`, `@` as `%40`, `:` as `%3A` and `%` as `%25`. `sslmode` is `disable`, `prefer`, `require`, `verify-ca`, `verify-full` or `no-verify`; `prefer`, `require` and `verify-ca` mean `verify-full`. Unset, Scrip starts the embedded PostgreSQL.',
  }),
  DATABASE_POOL: wholeNumber(2, 100)
    .default(10)
    .describe(
      'Connections of this process for lists and transactions. It opens up to 10 more: 3 for look-ups by key, 5 for changes of points, 1 that listens for notifications and 1 for `/readyz`.',
    ),
  DATABASE_POOLER: onOrOff
    .default(false)
    .describe(
      'Set it to `on` behind a pooler in transaction mode: no named prepared statements, no session settings at connect.',
    ),
  DATABASE_LISTEN_URL: databaseUrl.meta({
    ...SECRET,
    description:
      'The same database without the pooler, in the form of `DATABASE_URL`: each process keeps one connection there that listens for notifications of other processes. Set it beside `DATABASE_POOLER`; without it changes made by other processes are shown within 2 s.',
  }),
  DATABASE_DURABILITY: z
    .enum(['server', 'provider'], 'must be server or provider')
    .default('server')
    .describe(
      '`provider` accepts a server with `fsync` or `full_page_writes` off, where its provider guarantees durability by other means.',
    ),
  DATABASE_START_TIMEOUT_SECONDS: wholeNumber(1, 3_600)
    .default(60)
    .describe('How long a start waits for a database that does not accept connections yet.'),
  REQUIRE_SYNC_STANDBY: onOrOff
    .default(false)
    .describe(
      '`on` serves no request, and `/readyz` is 503, while no synchronous standby is connected. The role needs `pg_read_all_stats`.',
    ),
};

const files = {
  SCRIP_HOME: z
    .string()
    .default('.scrip')
    .describe(
      "The folder of the embedded PostgreSQL, of a generated signing key and of the first administrator's password.",
    ),
  ADMIN_PASSWORD_FILE: z
    .string()
    .optional()
    .describe(
      "A file with the first administrator's password, read on the first start. One line break at its end is dropped. Unset, a password is generated.",
    ),
};

const keys = {
  JWT_SECRET: signingSecret.meta({
    ...SECRET,
    unset: 'generated in `SCRIP_HOME`',
    description:
      'The secret that signs tokens, for HS256; at least 32 bytes. With `DATABASE_URL`, set this or `JWT_PRIVATE_KEY_FILE`.',
  }),
  JWT_PRIVATE_KEY_FILE: z
    .string()
    .optional()
    .describe(
      'A PEM file with a private key instead of the secret: ES256 or RS256, by its type. Its public key is published at `/.well-known/jwks.json`.',
    ),
  JWT_PREVIOUS_SECRET: signingSecret.meta({
    ...SECRET,
    description:
      'The former secret, still accepted. Keep it for `SESSION_IDLE_DAYS`, since refresh tokens were made with it. An app token in JWT format is accepted only while the key that signed it is configured: rotate those tokens before you remove the key. A start warns of active tokens whose key is missing, except those issued by release 0.1.0, which did not record the key.',
  }),
  JWT_PREVIOUS_KEY_FILE: z.string().optional().describe('The same for a former key file.'),
  JWT_NEXT_SECRET: signingSecret.meta({
    ...SECRET,
    description: 'The next secret, accepted before it signs. Announce it 10 minutes ahead.',
  }),
  JWT_NEXT_KEY_FILE: z
    .string()
    .optional()
    .describe('The same for the next key file, whose public key is published as well.'),
  JWT_ISSUER: claim.default('scrip').describe('The claim `iss`; at most 100 characters.'),
  JWT_AUDIENCE: claim.default('scrip').describe('The claim `aud`; at most 100 characters.'),
};

const sessions = {
  ACCESS_TOKEN_SECONDS: wholeNumber(60, 86_400).default(300).describe('How long an access token lasts.'),
  SESSION_IDLE_DAYS: wholeNumber(1, 3_650).default(14).describe('A session that is not renewed for this long ends.'),
  SESSION_ABSOLUTE_DAYS: wholeNumber(0, 36_500)
    .default(365)
    .describe('A session ends after this long, however active it is. 0: never.'),
  SIGN_UP: onOrOff.default(true).describe('`off` refuses `signUp` to every caller.'),
  USERNAME_REST_DAYS: wholeNumber(0, 3_650)
    .default(30)
    .describe(
      'How long a username rests after its user was renamed or deleted: it names no user, and only its last user can take it again, unless they were deleted. Users who rename themselves have at most three names resting. 0: any user can take it immediately.',
    ),
};

const throttles = {
  THROTTLE_LOGIN_FAILURES: wholeNumber(0, 1_000)
    .default(5)
    .describe(
      'Wrong passwords in a row per account and address before a growing wait of up to 15 minutes; 0: no limit. Beside that, six times as many are allowed at once per address, restored one by one within 5 minutes (by default 30, and one each 10 s), and twenty times as many at once per account, restored within an hour (by default 100, and one each 36 s). For an account that logged in from the address in the last 30 days, only one limit holds there: twenty times as many at once, restored within an hour. For `changePassword` that limit holds per session, and no other.',
    ),
  THROTTLE_SIGNUPS_PER_HOUR: wholeNumber(0, 1_000_000).default(20).describe('Sign-ups per address; 0: no limit.'),
  THROTTLE_RENEWALS_PER_MINUTE: wholeNumber(0, 1_000_000)
    .default(30)
    .describe('Renewals per session, and refused uses of its refresh tokens; 0: no limit.'),
  THROTTLE_REQUESTS_PER_MINUTE: wholeNumber(0, 1_000_000)
    .default(600)
    .describe(
      'Operations per session and, without a credential, per address, also where the body cannot be read; as many rejected credentials, made-up refresh tokens included, per address, but expired access tokens per session; as many root fields of each mutation per user and, without a credential, per address. `logIn` counts per address and, for an account that logged in from there in the last 30 days, per account and address; `renewSession` counts per session. 0: no limit. Minutes are those of the clock. Each process counts for itself. App tokens are not counted here; they may have a limit of their own, `requestsPerMinute`, which all processes count together. The headers `RateLimit` and `RateLimit-Policy` tell clients what is left, as `requests` of this setting and as `token` of an app token; where root fields were counted, the lowest of the counts.',
    ),
};

const webhooks = {
  WEBHOOK_PRIVATE_NETWORKS: onOrOff
    .default(false)
    .describe(
      '`on` lets webhooks have URLs of hosts in private networks and of this machine, and URLs with `http`. With `on`, callers who may make webhooks reach what only this machine reaches.',
    ),
};

const transports = {
  AUTH_HEADER_API_TOKEN: onOrOff.default(false).describe('`on` accepts the header `api-token: <token>`.'),
  AUTH_SCHEME_JWT: onOrOff
    .default(false)
    .describe('`on` accepts `JWT <token>` wherever `Bearer <token>` is accepted, on a WebSocket too.'),
  AUTH_BASIC_LOGIN: onOrOff
    .default(false)
    .describe('`on` accepts `Authorization: Basic …` on `logIn`, instead of its input.'),
};

const limits = {
  LIMIT_BODY_BYTES: wholeNumber(1_000, 100_000_000)
    .default(4_000_000)
    .describe(
      'Bytes of a request body, and of a WebSocket message. Those that have not arrived whole hold at most 64 times as many bytes, and those of one network 8 times: a request beyond that gets 503 `OVERLOADED`, and a WebSocket is disconnected.',
    ),
  LIMIT_DOCUMENT_BYTES: wholeNumber(1_000, 10_000_000)
    .default(65_536)
    .describe('Bytes of a document, comments and white space included, also in the argument of `requiredScopes`.'),
  LIMIT_DOCUMENT_TOKENS: wholeNumber(100, 100_000)
    .default(2_000)
    .describe(
      'Lexical tokens of a document, with those of the document in an argument of `requiredScopes`, and of the `documents` in it, each with 50 more. Validation compares at most 10 selections per token.',
    ),
  LIMIT_DEPTH: wholeNumber(2, 100).default(12).describe('Nested selection sets of an operation.'),
  LIMIT_ALIASES: wholeNumber(0, 1_000)
    .default(50)
    .describe('Aliases of an operation; at most 10 of them within introspection.'),
  LIMIT_ROOT_FIELDS: wholeNumber(1, 1_000).default(50).describe('Root fields of an operation.'),
  LIMIT_LIST_ITEMS: wholeNumber(10, 100_000)
    .default(1_000)
    .describe('Items of each list, in a variable or in the document.'),
  LIMIT_COST: wholeNumber(100, 10_000_000)
    .default(50_000)
    .describe(
      'Fields of a response, those in nested lists counted as often as they may occur. Each item of a list in an argument, such as a change of `applyPoints`, counts as 5.',
    ),
  LIMIT_RESPONSE_BYTES: wholeNumber(100_000, 100_000_000)
    .default(10_000_000)
    .describe(
      'Bytes of the long texts in one response. Bodies of posts beyond it are not read. Responses that clients have not read hold at most 8 times as many bytes: beyond that, the client with the oldest one is disconnected. So is a client that has not read a response after 60 s.',
    ),
  LIMIT_SOCKETS: wholeNumber(0, 100_000)
    .default(5_000)
    .describe(
      'Open WebSockets of this process. The sessions of one user have at most a tenth of them, all sessions of one network a fifth, one app token half, and sockets without a credential half, of which one address has a tenth of all; beyond that a socket is closed with 1013. A socket without a credential is closed with 4408 after 10 s without an operation.',
    ),
  LIMIT_SOCKET_OPERATIONS: wholeNumber(1, 10_000).default(100).describe('Concurrent operations of one WebSocket.'),
  TRUSTED_DOCUMENTS: z
    .string()
    .transform((value) => value.split(/\s*,\s*/).filter((file) => file !== ''))
    .transform((files) => files.map((file) => resolve(file)))
    .default([])
    .describe('Files and folders, separated by commas, with the only operations that run. Unset, any operation runs.'),
};

/** The settings by subject, in the order in which the documentation lists them. */
export const SETTING_GROUPS = {
  Network: network,
  Database: database,
  Files: files,
  'Signing keys': keys,
  'Sessions and sign-up': sessions,
  Throttles: throttles,
  'Metrics, log and traces': monitoring,
  Webhooks: webhooks,
  'Other ways to send a credential': transports,
  'Limits of requests': limits,
};

/** All settings. Unknown variables are ignored. */
export const environment = z.object({
  ...network,
  ...database,
  ...files,
  ...keys,
  ...sessions,
  ...throttles,
  ...monitoring,
  ...webhooks,
  ...transports,
  ...limits,
});

/** The settings that hold a secret. */
export const SECRETS: readonly string[] = Object.entries(environment.shape)
  .filter(([, type]) => isSecret(type))
  .map(([name]) => name);
