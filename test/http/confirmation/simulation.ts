import fc, { type Scheduler } from 'fast-check';
import { pino } from 'pino';
import type { VerifyBearer } from '../../../src/auth/authenticate.js';
import { type KnownCredentials, rememberCredentials } from '../../../src/auth/known-credentials.js';
import { REJECTIONS } from '../../../src/auth/rejection.js';
import { parseConfig } from '../../../src/config.js';
import { buildSchema } from '../../../src/graphql/build-schema.js';
import { startPipeline } from '../../../src/graphql/pipeline.js';
import { createPolicy } from '../../../src/graphql/policy.js';
import type { Services } from '../../../src/graphql/services.js';
import { anyDocument } from '../../../src/graphql/trusted-documents.js';
import { registerGraphQL } from '../../../src/http/graphql-route.js';
import { createInFlight } from '../../../src/http/in-flight.js';
import { createMetrics } from '../../../src/http/metrics.js';
import type { Pages } from '../../../src/http/pages.js';
import { createHttpServer } from '../../../src/http/server.js';
import type { Fault } from '../../points/simulation/stub-database.js';
import { type EVENTS, type State, verified } from './credential.js';
import { findFaults, type Told } from './judge.js';
import { OPERATIONS, type OperationName } from './operations.js';
import { type PlantedStatements, stubServices } from './stub-services.js';
import { type Plan, World } from './world.js';

/** A fault that the tests plant, to see that they find it. */
export interface Planted extends PlantedStatements {
  readonly verify?: (verify: VerifyBearer) => VerifyBearer;
}

const state = fc.record<State>({
  fault: fc.oneof(
    { weight: 5, arbitrary: fc.constant('NONE' as const) },
    { weight: 1, arbitrary: fc.constantFrom('TOKEN_REVOKED' as const, 'TOKEN_EXPIRED' as const) },
  ),
  isPrivileged: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  end: fc.constantFrom('NEVER', 'LATER'),
});
const fault = fc.record<Fault>({
  kind: fc.oneof(
    { weight: 2, arbitrary: fc.constant('NONE' as const) },
    { weight: 3, arbitrary: fc.constantFrom('LOST_BEFORE' as const, 'LOST_AFTER' as const) },
    { weight: 1, arbitrary: fc.constantFrom('LOST_WHILE_IT_RUNS' as const, 'NOT_SENT' as const, 'CANCELLED' as const) },
  ),
  takesMs: fc.oneof({ weight: 6, arbitrary: fc.constant(2) }, { weight: 1, arbitrary: fc.constant(9_000) }),
});
const often = <Value>(value: fc.Arbitrary<Value>, otherwise: Value) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: value });

export const plans: fc.Arbitrary<Plan> = fc
  .record({
    kind: fc.constantFrom('APP' as const, 'USER' as const),
    state,
    isKnown: fc.integer({ min: 0, max: 5 }),
    other: state,
    requests: fc.array(fc.constantFrom(...(Object.keys(OPERATIONS) as OperationName[])), {
      minLength: 1,
      maxLength: 2,
    }),
    events: fc.array(
      fc.record({
        what: fc.constantFrom<(keyof typeof EVENTS)[]>('REVOKE', 'EXPIRE', 'NARROW', 'WIDEN', 'ROTATE'),
        step: fc.integer({ min: 1, max: 16 }),
      }),
      { maxLength: 3 },
    ),
    timeOutStep: fc.oneof(
      { weight: 5, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 2, max: 10 }) },
    ),
    faults: often(fc.array(fault, { maxLength: 4 }), []),
    failingLookUps: often(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }), []),
    isKeyUsed: fc.boolean(),
    isQueued: fc.boolean(),
    isLimited: fc.integer({ min: 0, max: 7 }).map((number) => number === 0),
  })
  .map(({ isKnown, other, ...plan }) => ({
    ...plan,
    // Mostly what it still is, but for its end.
    remembered: isKnown === 0 ? undefined : isKnown === 1 ? other : plan.state,
  }));

/** The real server over stubs, for one run at a time. */
export interface Simulator {
  /** @throws when a rule is broken. */
  simulate(scheduler: Scheduler, plan: Plan, planted?: Planted): Promise<void>;
  stop(): Promise<void>;
}

/** What the server is given, by the run. */
interface Run {
  readonly services: Services;
  readonly credentials: KnownCredentials;
}

export async function startSimulator(): Promise<Simulator> {
  const log = pino({ level: 'silent' });
  const config = parseConfig({});
  const policy = createPolicy(buildSchema(), { limits: config.limits, log });
  const pipeline = await startPipeline({
    policy,
    findDocument: anyDocument,
    limits: config.limits,
    signUp: false,
    log,
  });
  const server = await createHttpServer(config, log);
  const inFlight = createInFlight({ max: 100, timeoutSeconds: 28 });
  let run: Run | undefined;
  const now = (): Run => {
    if (run === undefined) throw new Error('Nothing runs.');
    return run;
  };
  registerGraphQL(server, {
    pipeline,
    get services() {
      return now().services;
    },
    verify: (bearer) => now().credentials.verify(bearer),
    recall: (bearer) => now().credentials.recall(bearer),
    transports: config.transports,
    inFlight,
    metrics: createMetrics({
      readDatabase: () => ({ inUse: 0, idle: 0, waiting: 0, lost: 0, feed: 'IDLE' }),
      readChanges: () => 0,
    }),
    spans: undefined,
    pages: {} as Pages, // no page is asked for
    log,
  });
  await server.ready();

  const send = async (query: string) => {
    const headers = { authorization: 'Bearer scrip_app_x', accept: 'application/graphql-response+json' };
    const response = await server.inject({ method: 'POST', url: '/graphql', headers, payload: { query } });
    return { status: response.statusCode, body: response.json(), isCounted: 'ratelimit' in response.headers };
  };

  async function request(world: World, name: OperationName, index: number): Promise<Told> {
    await world.step('a request on its way');
    const arrived = world.history.length - 1;
    const lookUpsBefore = world.lookUps;
    const tag = `r${index}`;
    const response = await send(OPERATIONS[name].query(tag));
    return { tag, name, response, lookUpsBefore, states: world.history.slice(arrived) };
  }

  return {
    simulate: async (scheduler, plan, planted = {}) => {
      const world = new World(plan, scheduler, inFlight.timeOutAll);
      let verify: VerifyBearer = async () => {
        const { remembered, kind } = plan;
        return remembered === undefined ? REJECTIONS.TOKEN_INVALID : verified(kind, { ...remembered, fault: 'NONE' });
      };
      const ask = (planted.verify ?? ((given) => given))((bearer) => verify(bearer));
      run = { services: stubServices(world, planted), credentials: rememberCredentials(ask, Date.now) };
      await run.credentials.verify('scrip_app_x');
      verify = world.verify;
      const told = await scheduler.waitFor(
        Promise.all(plan.requests.map((name, index) => request(world, name, index))),
      );
      await scheduler.waitIdle();
      const broken = told.flatMap((each) => findFaults(each, world));
      if (broken.length > 0) throw new Error(broken.join('; '));
    },
    stop: async () => {
      await server.close();
      await pipeline.stop();
    },
  };
}
