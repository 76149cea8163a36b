import type { Scheduler } from 'fast-check';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KnownCredentials, rememberCredentials } from '../../src/auth/known-credentials.js';
import type { AppPrincipal } from '../../src/auth/principal.js';
import { REJECTIONS } from '../../src/auth/rejection.js';
import type { Scope } from '../../src/auth/scope.js';
import { parseConfig } from '../../src/config.js';
import type { PooledDatabase } from '../../src/database/connect.js';
import { buildSchema } from '../../src/graphql/build-schema.js';
import { type Pipeline, startPipeline } from '../../src/graphql/pipeline.js';
import { createPolicy } from '../../src/graphql/policy.js';
import type { Services } from '../../src/graphql/services.js';
import { anyDocument } from '../../src/graphql/trusted-documents.js';
import { registerGraphQL } from '../../src/http/graphql-route.js';
import { createInFlight } from '../../src/http/in-flight.js';
import { createMetrics } from '../../src/http/metrics.js';
import type { Pages } from '../../src/http/pages.js';
import { createHttpServer } from '../../src/http/server.js';
import type { PointsChange } from '../../src/points/change.js';
import { StaleCredential } from '../../src/points/errors.js';
import { createThrottles } from '../../src/throttles/throttles.js';

/** What the database holds of the one token. */
interface Token {
  readonly isRevoked: boolean;
  readonly scopes: readonly Scope[];
}

const TOKEN = 'scrip_app_x';

const READS: readonly Scope[] = ['users:read', 'points:read'];
const CHANGES: readonly Scope[] = [...READS, 'points:add', 'posts:write'];

/** What may happen to the token, between any two steps of a request. */
const EVENTS: Readonly<Record<string, (token: Token) => Token>> = {
  REVOKE: (token) => ({ ...token, isRevoked: true }),
  NARROW: (token) => ({ ...token, scopes: READS }),
  WIDEN: (token) => ({ ...token, scopes: CHANGES }),
};

/** What clients send, and the scope that each requires. */
const OPERATIONS: Readonly<Record<string, { readonly query: string; readonly scope: Scope | undefined }>> = {
  USER: { query: '{ user(by: { username: "ann" }) { id username } }', scope: 'users:read' },
  NESTED: { query: '{ user(by: { username: "ann" }) { id points } }', scope: 'points:read' },
  VIEWER: { query: '{ viewer { __typename } }', scope: undefined },
  ADD: {
    query: 'mutation { addPoints(input: { user: { username: "ann" }, points: 1 }) { points } }',
    scope: 'points:add',
  },
  POST: {
    query: 'mutation { createPost(input: { author: { username: "ann" }, title: "a", body: "b" }) { post { id } } }',
    scope: 'posts:write',
  },
  TWO: {
    query:
      'mutation { a: addPoints(input: { user: { username: "ann" }, points: 1 }) { points } b: addPoints(input: { user: { username: "ann" }, points: 1 }) { points } }',
    scope: 'points:add',
  },
};

const ANN = {
  id: '01900000-0000-7000-8000-000000000001',
  username: 'ann',
  role: 'USER',
  createdAt: new Date(0),
  deletedAt: null,
} as const;

/** Something that happens to the token before the step with this number, of all that the server takes. */
interface Event {
  readonly what: string;
  readonly step: number;
}

/** What the server does, without a database: a scheduler decides which look-up, read or change happens next. */
class Simulation {
  readonly #scheduler: Scheduler | undefined;
  readonly #events: readonly Event[];
  #steps = 0;
  /** Every state that the token was in. */
  history: Token[] = [{ isRevoked: false, scopes: CHANGES }];
  readonly broken: string[] = [];
  applied = 0;
  posts = 0;

  constructor(scheduler?: Scheduler, events: readonly Event[] = []) {
    this.#scheduler = scheduler;
    this.#events = events;
  }

  get token(): Token {
    const now = this.history.at(-1);
    if (now === undefined) throw new Error('The token has no state.');
    return now;
  }

  /** Waits until the scheduler lets a step happen. */
  async step(name: string): Promise<void> {
    if (this.#scheduler === undefined) return;
    await this.#scheduler.schedule(Promise.resolve(), name);
    this.#steps += 1;
    for (const { what, step } of this.#events) {
      const change = EVENTS[what];
      if (step === this.#steps && change !== undefined) this.history.push(change(this.token));
    }
  }

  principal(): AppPrincipal {
    const { scopes } = this.token;
    return {
      kind: 'APP',
      tokenId: 'a token',
      tokenName: 'a token',
      userId: ANN.id,
      username: ANN.username,
      scopes,
      facts: scopes.join(),
      expiresAt: null,
    };
  }
}

describe('A token that is revoked, or has other scopes, between any two steps of a request', () => {
  let simulation = new Simulation();
  let credentials: KnownCredentials;
  let server: FastifyInstance;
  let pipeline: Pipeline;

  /** As the statement does: the credential is compared when the change is made. */
  const applyChange = async ({ credential }: PointsChange) => {
    await simulation.step('a change on its way');
    const { token } = simulation;
    const isSame = credential.kind === 'APP' && credential.facts === token.scopes.join();
    if (token.isRevoked || !isSame) throw new StaleCredential();
    if (!token.scopes.includes('points:add')) simulation.broken.push('points were added without the scope');
    simulation.applied += 1;
    const sequence = simulation.applied;
    await simulation.step('the answer to a change');
    const entry = {
      userId: ANN.id,
      sequence,
      kind: 'ADD',
      delta: 1,
      balanceAfter: sequence,
      reason: null,
      reverses: null,
      createdAt: new Date(0),
    } as const;
    return { entry, user: ANN, username: ANN.username, replayed: false, wasLost: false };
  };

  const createStubDatabase = () => ({
    keyedTransactions: {
      run: async () => {
        simulation.posts += 1;
        await simulation.step('a post on its way');
        return { id: ANN.id, authorId: ANN.id, title: 'a', createdAt: new Date(0) };
      },
    },
  });

  beforeAll(async () => {
    const log = pino({ level: 'silent' });
    const config = parseConfig({});
    const policy = createPolicy(buildSchema(), log);
    pipeline = await startPipeline({ policy, findDocument: anyDocument, limits: config.limits, signUp: false, log });
    // What the operations above use; anything else fails.
    const database = createStubDatabase() as unknown as PooledDatabase;
    const services = {
      limits: config.limits,
      database,
      throttles: createThrottles({ database, limits: { ...config.throttles, requestsPerMinute: 0 }, now: () => 0 }),
      ledger: { apply: applyChange },
      reads: {
        userByName: async () => {
          await simulation.step('a read on its way');
          return ANN;
        },
        userId: async () => ANN.id,
        balanceOf: async () => {
          await simulation.step('another read on its way');
          return { points: 0, sequence: 0 };
        },
      },
    } as unknown as Services;
    credentials = rememberCredentials(async () => {
      await simulation.step('a look-up on its way');
      const answer = simulation.token.isRevoked ? REJECTIONS.TOKEN_REVOKED : simulation.principal();
      await simulation.step('the answer to a look-up');
      return answer;
    });
    server = await createHttpServer(config, log);
    registerGraphQL(server, {
      pipeline,
      services,
      verify: (bearer) => credentials.verify(bearer),
      recall: (bearer) => credentials.recall(bearer),
      transports: config.transports,
      inFlight: createInFlight({ max: 100, timeoutSeconds: 28 }),
      metrics: createMetrics(),
      pages: {} as Pages, // no page is asked for
      log,
    });
    await server.ready();
  });
  afterAll(async () => {
    await server.close();
    await pipeline.stop();
  });

  const send = async (query: string) => {
    const headers = { authorization: `Bearer ${TOKEN}`, accept: 'application/graphql-response+json' };
    const response = await server.inject({ method: 'POST', url: '/graphql', headers, payload: { query } });
    return { status: response.statusCode, body: response.json() };
  };

  /** One request, and what is wrong with its response: it has to be right by a state that the token had since it arrived. */
  async function request(kind: string): Promise<void> {
    const operation = OPERATIONS[kind];
    if (operation === undefined) throw new Error(`There is no operation ${kind}.`);
    const { query, scope } = operation;
    await simulation.step('a request on its way');
    const arrived = simulation.history.length - 1;
    const [appliedBefore, postsBefore] = [simulation.applied, simulation.posts];
    const { status, body } = await send(query);
    const states = simulation.history.slice(arrived);
    const isAllowed = ({ isRevoked, scopes }: Token) => !isRevoked && (scope === undefined || scopes.includes(scope));
    const complain = (what: string) =>
      simulation.broken.push(`${kind} ${what}: ${status} ${JSON.stringify([body, states])}`);
    const isChange = kind === 'ADD' || kind === 'TWO';
    const changed = isChange ? simulation.applied - appliedBefore : simulation.posts - postsBefore;

    if (status === 200 && !states.some(isAllowed)) complain('was answered');
    if (status === 401 && !states.some(({ isRevoked }) => isRevoked)) complain('was rejected');
    if (status === 403 && !states.some((state) => !state.isRevoked && !isAllowed(state))) complain('was denied');
    if (status !== 200 && changed > 0) complain('was refused, and made its change');
    if (![200, 401, 403].includes(status)) complain('had an unexpected response');
    if (kind === 'POST' && changed > 0 && !states.some(isAllowed)) complain('began a change');
    if (kind === 'ADD' && status === 200 && (body.errors !== undefined) === (changed === 1))
      complain('was told what is not so');
  }

  const plans = fc.record({
    kind: fc.constantFrom(...Object.keys(OPERATIONS)),
    events: fc.array(
      fc.record({ what: fc.constantFrom(...Object.keys(EVENTS)), step: fc.integer({ min: 1, max: 10 }) }),
      { maxLength: 3 },
    ),
    isKnown: fc.boolean(),
  });

  it('never lets an answer or a change through that the token did not allow since the request arrived', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), plans, async (scheduler, { kind, events, isKnown }) => {
        simulation = new Simulation();
        if (!isKnown) simulation.history = [{ isRevoked: true, scopes: CHANGES }]; // one that is rejected is forgotten
        await credentials.verify(TOKEN);
        simulation = new Simulation(scheduler, events);
        await scheduler.waitFor(request(kind));
        expect(simulation.broken).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  }, 300_000);
});
