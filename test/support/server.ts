import { Writable } from 'node:stream';
import type { ResultOf, TypedDocumentNode, VariablesOf } from '@graphql-typed-document-node/core';
import { type DocumentNode, print } from 'graphql';
import { pino } from 'pino';
import { afterAll, expect } from 'vitest';
import { createUser, type NewUser } from '../../src/accounts/create-user.js';
import { createApp, type StartOptions } from '../../src/app.js';
import { COMMAND_LINE } from '../../src/auth/actor.js';
import { createJwts } from '../../src/auth/jwt.js';
import { openKeyring } from '../../src/auth/keyring.js';
import { SCOPES, type Scope } from '../../src/auth/scope.js';
import { createLimiter } from '../../src/concurrency/limiter.js';
import { parseConfig } from '../../src/config.js';
import { forbidCodeGeneration } from '../../src/forbid-code-generation.js';
import { createPost } from '../../src/posts/create-post.js';
import type { Post } from '../../src/posts/post.js';
import { beginSession } from '../../src/sessions/begin-session.js';
import { createSessionTokens, type TokenPair } from '../../src/sessions/session-tokens.js';
import { issueToken } from '../../src/tokens/issue-token.js';
import type { TokenLimits } from '../../src/tokens/limits.js';
import { limitsOf } from '../../src/tokens/token.js';
import { createPasswords } from '../../src/users/password-hash.js';
import type { User } from '../../src/users/user.js';
import { createDatabase, openPool, type TestDatabase } from './database.js';
import { post } from './http.js';
import { keepSecret, leaksIn, leaksInTables } from './leaks.js';

/** A response of the server. `data` and `errors` are those of the body, where it has them. */
// biome-ignore lint/suspicious/noExplicitAny: `data` of an operation sent as text; a wrong guess fails the test's own assertion.
export interface TestResponse<Data = any> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data;
  readonly errors: ResponseError[] | undefined;
  /** What the response says beside its result. */
  readonly extensions?: Record<string, unknown> | undefined;
}

export interface ResponseError {
  readonly message: string;
  readonly path?: (string | number)[];
  readonly locations?: { line: number; column: number }[];
  readonly extensions: Record<string, unknown>;
}

/** The data of an operation of which no root field was denied or failed. A test that reads one that was fails. */
type Complete<Data> = { readonly [Field in keyof Data]: NonNullable<Data[Field]> };

/** A token or a session, a secret, or no credential at all. */
export type Credential = { readonly secret: string } | string | undefined;

/** A token as a test holds it. */
export interface IssuedToken {
  readonly id: string;
  readonly secret: string;
  readonly owner: User;
}

/** The limits, networks and documents of a token that a test issues. */
export interface TokenRestrictions {
  readonly limits?: Partial<TokenLimits>;
  readonly networks?: readonly string[];
  readonly documents?: readonly string[];
}

const UNRESTRICTED = { networks: null, documents: [] };

/** A session as a test holds it; its access token is the secret that requests carry. */
export interface LoggedIn extends TokenPair {
  readonly secret: string;
  readonly user: User;
}

/** The id of a session, from its access token. */
export function sessionIdOf({ accessToken }: LoggedIn): string {
  return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).sid;
}

/** The real server, on a free port and a database of its own. */
export interface TestServer {
  readonly url: string;
  /** undefined: metrics are served nowhere. */
  readonly metricsUrl: string | undefined;
  readonly database: TestDatabase;
  /** Of the user `admin`, whom the first start creates. */
  readonly firstAdminPassword: string;
  /** Every line that was logged, as text. */
  readonly log: string[];
  /** Sends an operation of test/operations, with variables that fit it, and with further headers. */
  send<Document extends TypedDocumentNode<unknown, never>>(
    credential: Credential,
    document: Document,
    ...rest: Record<string, never> extends VariablesOf<Document>
      ? [variables?: VariablesOf<Document>, headers?: Record<string, string>]
      : [variables: VariablesOf<Document>, headers?: Record<string, string>]
  ): Promise<TestResponse<Complete<ResultOf<Document>>>>;
  /** Sends an operation as text, where the test is about the text or about variables that do not fit. */
  send(
    credential: Credential,
    query: string,
    variables?: object,
    headers?: Record<string, string>,
  ): Promise<TestResponse>;
  /** Creates a user, by default with a name of their own. */
  user(user?: Partial<Pick<NewUser, 'username' | 'role' | 'externalIds'>>): Promise<User>;
  /** Issues a token with these scopes, to a new user unless one is named, with no limits unless some are named. */
  token(scopes: readonly Scope[], owner?: User, restrictions?: TokenRestrictions): Promise<IssuedToken>;
  /** Logs a user in, a new one unless one is named. */
  session(user?: User): Promise<LoggedIn>;
  /** Writes a post. */
  post(author: User): Promise<Post>;
  /** A token that may do everything. */
  everything(): Promise<IssuedToken>;
  /** Ends, and fails where a secret has come to be in the log or in a table. */
  close(): Promise<void>;
}

/** Allows what the last server of this file has forbidden. */
let allowCodeGeneration = () => {};
let forbid = forbidCodeGeneration;
afterAll(() => allowCodeGeneration()); // the next file of this process starts its servers without it

/** For tests in whose process something has to compile: another server, or Playwright what it sends to the browser. */
export function keepCodeGeneration(): void {
  allowCodeGeneration();
  forbid = () => () => {};
}

/**
 * Starts a server, which the caller closes: a test by the fixture `server`, which does both. `env` is added to its environment: another server's
 * DATABASE_URL makes it a second node.
 */
export async function startServer(
  env: Record<string, string> = {},
  options: Pick<StartOptions, 'webhookTimes'> = {},
): Promise<TestServer> {
  const database = await createDatabase();
  const log: string[] = [];
  const logged: string[] = [];
  const JWT_SECRET = 'known to the tests, and to no one else';
  const config = parseConfig({
    PORT: '0',
    ...addressOf(database, env['DATABASE_URL'] === undefined ? process.env['TEST_POOLER'] : undefined),
    JWT_SECRET,
    LOG_LEVEL: 'info',
    // All tests come from one address, and send more in a minute than one caller may.
    THROTTLE_REQUESTS_PER_MINUTE: '0',
    ...env,
  });
  allowCodeGeneration(); // the routes of each server are compiled while it starts
  let firstAdminPassword = '';
  const app = await createApp(config, pino({ level: config.logLevel }, lines(log, logged)), {
    ...options,
    showPassword: (password) => {
      firstAdminPassword = password;
      keepSecret(password);
    },
  });
  allowCodeGeneration = forbid();
  const { url, metricsUrl } = await app.listen();
  // The arrangement goes past HTTP, so that what is tested is the one thing that a test sends.
  const { behindPooler } = config.database;
  const own = openPool(env['DATABASE_URL'] ?? database.url, { behindPooler });
  const keyring = await openKeyring(config.jwt);
  const jwts = createJwts({ keyring, ...config.jwt });
  const sessionTokens = createSessionTokens({ keyring, jwts, lifetime: config.sessions });
  const passwords = createPasswords();
  // A test may create a hundred at once, more than can wait for the two connections of `own`.
  const creationLimiter = createLimiter({ max: 2 });
  let count = 0;
  const server: TestServer = {
    url,
    metricsUrl,
    database,
    firstAdminPassword,
    log,
    send: async (
      credential: Credential,
      document: DocumentNode | string,
      variables: object = {},
      headers: Record<string, string> = {},
    ) => {
      const query = typeof document === 'string' ? document : print(document);
      const secret = typeof credential === 'object' ? credential.secret : credential;
      return await post(
        server,
        { query, variables },
        {
          accept: 'application/graphql-response+json, application/json',
          ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
          ...headers,
        },
      );
    },
    user: async ({ username = `user-${++count}`, role = 'USER', externalIds } = {}) => {
      const creator = { database: own.database, passwords, usernameRestDays: config.usernameRestDays };
      return await creationLimiter(() =>
        createUser(creator, { username, role, password: null, externalIds }, COMMAND_LINE),
      );
    },
    token: async (scopes, owner, restrictions = {}) => {
      const user = owner ?? (await server.user());
      const { secret, token } = await issueToken(
        { database: own.database, jwts },
        {
          ...UNRESTRICTED,
          ...restrictions,
          limits: restrictions.limits === undefined ? null : limitsOf(restrictions.limits),
          name: 'a test',
          scopes,
          ownerId: user.id,
          format: 'OPAQUE',
          expiresAt: null,
        },
        COMMAND_LINE,
      );
      return { id: token.id, secret, owner: user };
    },
    session: async (named) => {
      const user = named ?? (await server.user());
      const pair = await beginSession(own.database, user, sessionTokens);
      return { ...pair, secret: pair.accessToken, user };
    },
    post: async ({ id }) =>
      await createPost(own.database, { authorId: id, title: 'a title', body: 'a body' }, COMMAND_LINE),
    everything: async () => await server.token(SCOPES),
    close: async () => {
      await app.close();
      await own.close();
      const kept = await leaksInTables(database);
      await database.drop();
      expect({ logged, kept }, 'No secret is in the log or in a table').toEqual({ logged: [], kept: [] });
    },
  };
  return server;
}

/** The settings of a database; through the pooler if one is given, as its host and port. */
function addressOf({ url }: TestDatabase, pooler: string | undefined): Record<string, string> {
  if (pooler === undefined) return { DATABASE_URL: url };
  const pooled = Object.assign(new URL(url), { host: pooler }).href;
  return { DATABASE_URL: pooled, DATABASE_POOLER: 'on', DATABASE_LISTEN_URL: url };
}

/** Keeps the lines, and apart from them what they show of secrets: a test may forget lines. */
function lines(log: string[], leaks: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const text = chunk.toString();
      log.push(text);
      leaks.push(...leaksIn(text));
      done();
    },
  });
}
