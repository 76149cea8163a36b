import { setTimeout as delay } from 'node:timers/promises';
import { type Message, MessageType } from 'graphql-ws';
import type { Logger } from 'pino';
import { v7 as uuid } from 'uuid';
import type { RequestCredential } from '../auth/request-credential.js';
import type { ErrorCode } from '../errors.js';
import { type Context, createContext, type FollowedUsers } from '../graphql/context.js';
import { translateError } from '../graphql/format-error.js';
import type { HeaderKey } from '../graphql/idempotency-header.js';
import { OperationRun } from '../graphql/operation-run.js';
import {
  type Admitted,
  bodyOf,
  codeOf,
  type Outcome,
  type Refused,
  type ResponseBody,
  refuse,
  type Subscription,
} from '../graphql/outcome.js';
import type { Pipeline } from '../graphql/pipeline.js';
import type { Services } from '../graphql/services.js';
import type { Trace, TraceContext } from '../graphql/trace.js';
import { refusalOf } from '../throttles/errors.js';
import { isRecord, parseBody } from './graphql-request.js';
import type { InFlight } from './in-flight.js';
import type { Metrics } from './metrics.js';
import { refuseFailed } from './response.js';
import type { Spans } from './spans.js';
import { beginTrace, nextInTrace, readTraceparent } from './trace-context.js';
import type { Subscribe } from './websocket-message.js';

export interface OperationOptions {
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly inFlight: InFlight;
  readonly metrics: Metrics;
  readonly spans: Spans | undefined;
  /** The trace that the upgrade request named; undefined: none. */
  readonly traceContext: TraceContext | undefined;
  readonly log: Logger;
}

/** The connection that an operation belongs to. */
export interface OperationConnection {
  /** The client's address in its canonical form; null: unknown. */
  readonly address: string | null;
  /** The network of that address. */
  readonly network: string;
  /** What the networks of a token are compared with: see `RequestOptions`. */
  readonly provenAddress: string | null;
  /** The credential of the connection. One that is rejected ends the connection, and with it every operation. */
  readonly credential: RequestCredential;
  /** Refuses every mutation where the connection was opened with a key. */
  readonly idempotencyHeader: HeaderKey | undefined;
  /** Resolves when the message was written to the network. */
  readonly send: (message: Message) => Promise<void>;
}

type State =
  /** Not ended; a subscription is not known to be one yet. */
  | { readonly kind: 'REQUESTED' }
  /** A subscription that is allowed, and is being opened. */
  | { readonly kind: 'ADMITTED' }
  | { readonly kind: 'OPEN'; readonly subscription: Subscription }
  /** Nothing more is sent. */
  | { readonly kind: 'ENDED' };

/** How long after a temporary failure the response to an event is made again. */
const RETRY_MS = 500;

/** One operation of a connection, from `subscribe` to `complete`. It passes the same checks as over HTTP. */
export class WebSocketOperation {
  readonly #options: OperationOptions;
  readonly #connection: OperationConnection;
  readonly #message: Subscribe;
  readonly #requestId = uuid();
  readonly #run = new OperationRun();
  readonly #trace: Trace;
  readonly #followed: FollowedUsers = new Map();
  readonly #context: Context;
  #state: State = { kind: 'REQUESTED' };
  #work: Promise<unknown> = Promise.resolve();
  #isDraining = false;

  constructor(message: Subscribe, connection: OperationConnection, options: OperationOptions) {
    this.#message = message;
    this.#connection = connection;
    this.#options = options;
    this.#trace = { context: traceOf(message, options) };
    this.#context = this.#createContext(this.#run, this.#trace);
  }

  get isSubscription(): boolean {
    return this.#state.kind === 'ADMITTED' || this.#state.kind === 'OPEN';
  }

  get #isEnded(): boolean {
    return this.#state.kind === 'ENDED';
  }

  /** Resolves when nothing of the operation runs any more, which is later than its response where it timed out. */
  get workEnded(): Promise<unknown> {
    return this.#work;
  }

  /** Processes the operation to its response, or to the end of the subscription. Never rejects. */
  async process(): Promise<void> {
    const { inFlight, metrics } = this.#options;
    const began = performance.now();
    try {
      const outcome = await inFlight.process(this.#run, () => {
        const work = this.#request().catch((error: unknown) => this.#refuseFailed(error));
        this.#work = work;
        return work;
      });
      metrics.operationEnded(this.#trace, outcome);
      this.#recordSpan(outcome, began);
      if (outcome.kind === 'SUBSCRIPTION') await this.#open(outcome);
      else if (outcome.kind === 'REFUSED') await this.#sendRefusal(outcome);
      else await this.#sendNext(outcome.body).then(() => this.#complete());
    } catch (error) {
      await this.#sendRefusal(this.#refuseFailed(error));
    }
  }

  /** Decides again on a subscription, by what the credential is worth now. Returns whether it was denied, and so ended. */
  async isDeniedNow(): Promise<boolean> {
    const outcome = await this.#runPipeline(this.#createContext(new OperationRun(), { context: this.#trace.context }));
    if (outcome.kind !== 'REFUSED') return false;
    await this.#sendRefusal(outcome);
    return true;
  }

  /** Lets a query or mutation end, and ends a subscription. */
  drain(): void {
    this.#isDraining = true;
    if (this.isSubscription) this.end();
  }

  /** Ends the operation now: nothing more is sent. */
  end(): void {
    if (this.#state.kind === 'OPEN') this.#state.subscription.end();
    this.#state = { kind: 'ENDED' };
  }

  #createContext(run: OperationRun, trace: Trace): Context {
    const { address, network, provenAddress, credential, idempotencyHeader } = this.#connection;
    return createContext(this.#options.services, {
      id: this.#requestId,
      method: 'WEBSOCKET',
      address,
      network,
      provenAddress,
      credential,
      idempotencyHeader,
      run,
      trace,
      followed: this.#followed,
    });
  }

  /** The credential is verified first, as with every request. */
  async #request(): Promise<Outcome> {
    const verified = await this.#connection.credential.verify();
    if (verified.kind === 'REJECTED' || this.#isEnded) return NOTHING_TO_SEND;
    const { services, request } = this.#context;
    const limited = refusalOf(await services.throttles.countRequest(request.principal, request.network));
    if (limited !== undefined) throw limited;
    if (this.#isEnded) return NOTHING_TO_SEND;
    return await this.#runPipeline(this.#context);
  }

  async #runPipeline(context: Context): Promise<Outcome> {
    const requested = parseBody(this.#message.payload);
    if (typeof requested === 'string') return refuse({ code: 'BAD_REQUEST', message: requested });
    return await this.#options.pipeline.run(requested, context);
  }

  /** Events are read as fast as the client reads their responses: those that it does not read stay in the source. */
  async #open(admitted: Admitted): Promise<void> {
    if (this.#isEnded) return;
    this.#state = { kind: 'ADMITTED' };
    const opened = await admitted.open();
    if (opened.kind === 'REFUSED') return await this.#sendRefusal(opened);
    if (this.#isEnded || this.#isDraining) {
      opened.end();
      return this.end();
    }
    this.#state = { kind: 'OPEN', subscription: opened };
    for await (const events of opened.batches) {
      const responses = await this.#whileAccepted(() => Promise.all(events.map(opened.respond)));
      await Promise.all(responses.map((body) => this.#sendNext(body)));
    }
    await this.#complete();
  }

  /**
   * The responses to events, for a credential that is verified after the events happened. While the database is unavailable
   * both are repeated: an event stays as it is. Empty where the operation has ended.
   */
  async #whileAccepted(respond: () => Promise<ResponseBody[]>): Promise<ResponseBody[]> {
    while (!this.#isEnded) {
      const results = await Promise.all([this.#connection.credential.verify(), respond()]).catch(unlessTemporary);
      if (results !== undefined) {
        const [verified, responses] = results;
        if (verified.kind === 'REJECTED' || this.#isEnded) return [];
        if (!responses.some(isTemporary)) return responses;
      }
      await delay(RETRY_MS);
    }
    return [];
  }

  async #sendNext(payload: ResponseBody): Promise<void> {
    await this.#send({ type: MessageType.Next, id: this.#message.id, payload });
  }

  async #complete(): Promise<void> {
    await this.#send({ type: MessageType.Complete, id: this.#message.id });
    this.#state = { kind: 'ENDED' };
  }

  async #sendRefusal({ errors }: Refused): Promise<void> {
    const sent = this.#send({ type: MessageType.Error, id: this.#message.id, payload: errors });
    this.end();
    await sent;
  }

  async #send(message: Message): Promise<void> {
    if (!this.#isEnded) await this.#connection.send(message);
  }

  /** The span of a subscription ends when it is allowed. */
  #recordSpan(outcome: Outcome, began: number): void {
    const { spans } = this.#options;
    if (spans === undefined) return;
    this.#trace.code = codeOf(bodyOf(outcome));
    this.#trace.principal = this.#context.request.principal;
    spans.operationEnded(this.#trace, { milliseconds: performance.now() - began });
  }

  #refuseFailed(error: unknown): Refused {
    return refuseFailed(error, {
      requestId: this.#requestId,
      traceIds: this.#trace.context?.ids,
      log: this.#options.log,
    });
  }
}

/** The trace that the operation names in `extensions.traceparent`, that of the connection, or one that begins here. */
function traceOf({ payload }: Subscribe, { traceContext, spans }: OperationOptions): TraceContext | undefined {
  const extensions = isRecord(payload) ? payload['extensions'] : undefined;
  const named = isRecord(extensions) ? readTraceparent(extensions['traceparent']) : undefined;
  if (named !== undefined) return named;
  if (traceContext !== undefined) return nextInTrace(traceContext);
  return spans === undefined ? undefined : beginTrace();
}

const NOTHING_TO_SEND = refuse([]);

/** Sent for one more operation than a connection may have at the same time. */
export const TOO_MANY_OPERATIONS: Refused = refuse({
  code: 'OVERLOADED',
  message: 'This connection has too many operations at the same time. Wait until one of them has ended.',
  retryAfterSeconds: 1,
});

/** Failures after which another attempt may succeed: the database is unavailable or overloaded. */
const TEMPORARY: ReadonlySet<unknown> = new Set<ErrorCode>(['UNAVAILABLE', 'OVERLOADED']);

function isTemporary({ errors = [] }: ResponseBody): boolean {
  return errors.some(({ extensions }) => TEMPORARY.has(extensions?.['code']));
}

function unlessTemporary(error: unknown): undefined {
  if (!TEMPORARY.has(translateError(error).extensions['code'])) throw error;
}
