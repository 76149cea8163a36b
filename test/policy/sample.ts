import { makeExecutableSchema } from '@graphql-tools/schema';
import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema, parse, validate } from 'graphql';
import {
  type AuthorizedContext,
  type Caller,
  compilePolicy,
  type Decision,
  type Policy,
  type PolicyOptions,
} from '../../src/policy/policy.js';

/** The two directives and the enum that every policy stands on, as the service defines them. */
export const DIRECTIVES = /* GraphQL */ `
  directive @auth(scope: [Scope!], anyScope: [Scope!], owner: String, kind: CredentialKind) on
    FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
  directive @public on FIELD_DEFINITION | OBJECT | INTERFACE
  enum CredentialKind { APP USER }
`;

/** A small schema with everything in it that a policy can meet. */
const SAMPLE = /* GraphQL */ `
  ${DIRECTIVES}
  enum Scope { USERS_READ USERS_EMAIL POSTS_READ POSTS_DRAFT POINTS_READ POINTS_WRITE TOKENS_WRITE ADMIN }
  interface Node @public { id: ID! }
  interface Authored @public { body: String @auth(scope: POSTS_READ) }
  type User implements Node @auth(scope: USERS_READ) {
    id: ID!
    name: String
    email: String @auth(scope: USERS_EMAIL)
    secret: String! @auth(scope: ADMIN)
    posts: [Post!]
    balance: Money
  }
  type Post implements Node & Authored @public {
    id: ID!
    body: String
    author: User
    draft: String @auth(scope: POSTS_DRAFT)
  }
  "A person without a rule of their own, but for what is theirs."
  type Member @public {
    id: ID!
    points: Int @auth(scope: POINTS_READ, owner: "id")
    pin: String! @auth(scope: ADMIN, owner: "id")
  }
  scalar Money @auth(scope: POINTS_READ)
  union Hit = User | Post
  input UserFilter { name: String  email: String @auth(scope: USERS_EMAIL)  both: [UserFilter!]  rank: Int = 1 @auth(scope: ADMIN) }
  input MemberBy { id: ID  name: String }
  input NoteInput { id: ID!  text: String }
  type Query @public {
    me: User
    node(id: ID!): Node
    hits: [Hit]
    sureHits: [Hit!]
    posts: [Post!]!
    users(where: UserFilter): [User!]
    search(text: String, deep: Boolean @auth(scope: ADMIN)): String
    admin: String! @auth(scope: ADMIN)
    ping: String
    members: [Member]
    member(by: MemberBy): Member @auth(scope: USERS_READ, owner: "by")
    anyone: String @auth
    app: String @auth(kind: APP)
    session: String @auth(kind: USER)
  }
  type Mutation {
    addPoints(n: Int!): Money @auth(scope: POINTS_WRITE)
    makeUser: User @auth(scope: ADMIN)
    touch: User @public
    spend(by: MemberBy!, n: Int): Int @auth(scope: POINTS_WRITE, owner: "by")
    write(input: NoteInput!): Int @auth(scope: POSTS_DRAFT, owner: "input.id")
    tick: Int @public
  }
  type Subscription {
    balance(userId: ID!): Money @auth(scope: POINTS_READ)
    found: Member @public
    noted(by: MemberBy): Int @auth(scope: POINTS_READ, owner: "by")
  }
`;

/** What a request carries in these tests: its caller. */
export interface Context extends AuthorizedContext {
  caller: Caller;
}

export const anonymous = (): Context => ({ caller: { kind: 'ANONYMOUS' } });
export const app = (...scopes: string[]): Context => ({
  caller: { kind: 'APP', scopes: scopes.map(scopeLabel), name: 'the app token "shop"' },
});
/** An app that gives no access to others. */
export const limited = (...scopes: string[]): Context => ({
  caller: { kind: 'APP', scopes: scopes.map(scopeLabel), name: 'the app token "shop"', mayDelegate: false },
});
export const user = (userId: string, ...scopes: string[]): Context => ({
  caller: { kind: 'USER', userId, scopes: scopes.map(scopeLabel), name: `the user ${userId}` },
});

export const scopeLabel = (name: string): string => name.toLowerCase().replace('_', ':');

/** A compiled sample, what its resolvers and look-ups were called for, and what failed inside. */
export interface Sample {
  readonly policy: Policy<Context>;
  /** The schema before the policy. */
  readonly bare: GraphQLSchema;
  readonly calls: string[];
  readonly failures: unknown[];
  /** What was being decided on then. */
  readonly failed: { readonly coordinate: string; readonly context: Context }[];
  /** Decides, and executes what is allowed. */
  readonly ask: (source: string | DocumentNode, context: Context, more?: Sent) => Promise<Outcome>;
}

export interface Sent {
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
}

/** `result` is there if, and only if, the operation was allowed. */
export interface Outcome {
  readonly decision: Decision;
  readonly result?: ExecutionResult;
}

export interface SampleOptions {
  readonly extension?: string;
  readonly resolvers?: Record<string, Record<string, unknown>>;
  readonly owners?: PolicyOptions<Context>['owners'];
  readonly grants?: NonNullable<PolicyOptions<Context>['grants']>;
  readonly derivedGrants?: NonNullable<PolicyOptions<Context>['derivedGrants']>;
  readonly delegations?: NonNullable<PolicyOptions<Context>['delegations']>;
  readonly isUnavailable?: (error: unknown) => boolean;
}

/** The users and posts behind the sample: a list of hits that is long, mixed, and has a hole. */
const HITS = [{ id: 'u1', name: 'Ada' }, { id: 'p1', body: 'one' }, null, { id: 'u2', name: 'Bob' }, { id: 'p2' }];

export function createSample({
  extension = '',
  resolvers = {},
  owners = {},
  grants = {},
  derivedGrants = {},
  delegations = {},
  isUnavailable = () => false,
}: SampleOptions = {}): Sample {
  const calls: string[] = [];
  const failures: unknown[] = [];
  const failed: Sample['failed'] = [];
  const noted =
    (name: string, value: unknown) =>
    (..._: unknown[]) => {
      calls.push(name);
      return value;
    };
  const person = { id: 'u1', name: 'Ada', email: 'ada@x', secret: 'SECRET', balance: 5 };
  const isUser = (value: { name?: string }) => (value.name === undefined ? 'Post' : 'User');
  const bare = makeExecutableSchema({
    typeDefs: [SAMPLE, extension],
    resolvers: [
      {
        Node: { __resolveType: isUser },
        Hit: { __resolveType: isUser },
        Query: {
          me: noted('me', person),
          node: (_: unknown, { id }: { id: string }) => (id === 'u1' ? person : { id }),
          hits: noted('hits', HITS),
          sureHits: noted('sureHits', [HITS[1], HITS[0], HITS[3]]),
          posts: noted('posts', [{ id: 'p1', body: 'one', draft: 'DRAFT', author: person }]),
          users: noted('users', [person]),
          search: noted('search', 'found'),
          admin: noted('admin', 'ADMIN'),
          ping: noted('ping', 'pong'),
          members: noted(
            'members',
            ['ada', 'bob', 'eve'].map((id) => ({ id, points: 7, pin: '1234' })),
          ),
          member: (_: unknown, { by }: { by?: { id?: string } }) => ({ id: by?.id ?? 'ada', points: 7, pin: '1234' }),
          anyone: noted('anyone', 'yes'),
          app: noted('app', 'yes'),
          session: noted('session', 'yes'),
        },
        Mutation: Object.fromEntries(
          ['addPoints', 'touch', 'makeUser', 'spend', 'write', 'tick'].map((name) => [
            name,
            noted(name, name === 'touch' || name === 'makeUser' ? person : 1),
          ]),
        ),
        Subscription: {
          balance: { subscribe: noted('balance', []), resolve: () => 5 },
          found: {
            subscribe: () => eventsOf(['ada', 'bob']),
            resolve: (id: string) => ({ id, points: 7, pin: '1234' }),
          },
          noted: { subscribe: () => eventsOf([1, 2]), resolve: (value: number) => value },
        },
      },
      resolvers,
    ],
    resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' },
  });

  const isCaller = (value: unknown, { caller }: Context) => caller.kind === 'USER' && caller.userId === value;
  const policy = compilePolicy<Context>(bare, {
    caller: ({ caller }) => caller,
    scopeLabel,
    owners: {
      MemberBy: (values, context) =>
        values.map((value) => value === undefined || isCaller((value as { id?: string }).id, context)),
      'Member.id': (values, context) => {
        calls.push(`Member.id ${values.join()}`);
        return values.map((value) => isCaller(value, context));
      },
      // The first letter of a note's id is its author's.
      'NoteInput.id': async (values, context) => {
        calls.push(`NoteInput.id ${values.join()}`);
        return values.map((value) => isCaller({ a: 'ada', b: 'bob' }[String(value).charAt(0)], context));
      },
      ...owners,
    },
    grants,
    derivedGrants,
    delegations,
    onInternalError: (error, check) => {
      failures.push(error);
      failed.push(check);
    },
    isUnavailable,
    advice: ({ missing }) => (missing.length > 0 ? 'Ask an administrator.' : undefined),
  });

  const ask: Sample['ask'] = async (source, context, { variables = {}, operationName } = {}) => {
    const document = typeof source === 'string' ? parse(source) : source;
    const [invalid] = validate(policy.schema, document);
    if (invalid) throw invalid;
    const decision = await policy.decide({ document, operationName, variables, context });
    if (decision.kind === 'DENIED') return { decision };
    const result = await execute({
      schema: policy.schema,
      document,
      contextValue: context,
      variableValues: variables,
      operationName: operationName ?? null,
    });
    return { decision, result };
  };
  return { policy, bare, calls, failures, failed, ask };
}

async function* eventsOf<Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values;
}

/** The coordinates that were denied before anything ran. */
export function deniedCoordinates({ decision }: Outcome): string[] {
  return decision.kind === 'ALLOWED' ? [] : decision.denials.map(({ coordinate }) => coordinate);
}

/** The response as a client would read it, without the prototype-less objects of graphql-js. */
export function responseOf({ result }: Outcome): { data: unknown; errors: { path: string; coordinate: unknown }[] } {
  return {
    data: JSON.parse(JSON.stringify(result?.data ?? null)),
    errors: (result?.errors ?? []).map(({ path, extensions }) => ({
      path: (path ?? []).join('.'),
      coordinate: extensions['coordinate'],
    })),
  };
}
