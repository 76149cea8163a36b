import { setTimeout as delay } from 'node:timers/promises';
import type { ApolloServer } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import { type Message, MessageType, type SubscribeMessage } from 'graphql-ws';
import type { Logger } from 'pino';
import { v7 as uuid } from 'uuid';
import type { Principal } from '../auth/principal.js';
import type { Rejection } from '../auth/rejection.js';
import type { Config } from '../config.js';
import type { ErrorCode } from '../errors.js';
import { type Context, createRecheck, type Services } from '../graphql/context.js';
import { executeOperation } from '../graphql/execute-operation.js';
import { translateError } from '../graphql/format-error.js';
import { type Admitted, openSubscription, type Result, type Subscription } from '../graphql/subscription.js';
import type { Trace } from '../graphql/trace.js';
import type { FindDocument } from '../graphql/trusted-documents.js';
import { refusalOf } from '../throttles/errors.js';
import { type Answer, answerFailure } from './answer.js';
import { findOperation, parseBody } from './graphql-request.js';
import { OVERLOADED, tooLate } from './graphql-route.js';
import type { InFlight } from './in-flight.js';
import type { Metrics } from './metrics.js';

export interface OperationOptions {
  readonly apollo: ApolloServer<Context>;
  readonly findDocument: FindDocument;
  readonly limits: Config['limits'];
  /** What subscriptions are executed on: the same that Apollo has. */
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly inFlight: InFlight;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** The connection that an operation came on. */
export interface Line {
  /** The client's address, as the server gives it. */
  readonly address: string;
  /** Who asks; it may be another one after `confirm`. */
  readonly principal: () => Principal;
  /** Verifies the credential now. One that does not count ends the connection, and with it every operation. */
  readonly confirm: () => Promise<Principal | Rejection>;
  /** Resolves when the client's machine, or what lies before it, has taken the message. */
  readonly send: (message: Message) => Promise<void>;
}

/** How soon an event is tried again that could not be answered because the database was away. */
const RETRY_MS = 500;

/** One operation of a connection, from `subscribe` to `complete`. It passes what it would have to pass over HTTP. */
export class WebSocketOperation {
  readonly #options: OperationOptions;
  readonly #line: Line;
  readonly #asked: SubscribeMessage;
  readonly #context: Context;
  #subscription: Subscription | undefined;
  #isDraining = false;
  #isOver = false;

  constructor(asked: SubscribeMessage, line: Line, options: OperationOptions) {
    this.#asked = asked;
    this.#line = line;
    this.#options = options;
    const trace = newTrace();
    const { actorFor, renew } = createRecheck({ trace, address: line.address, verify: line.confirm });
    this.#context = {
      ...options.services,
      // A subscription outlives what its credential was worth when it began.
      get principal() {
        return line.principal();
      },
      get actor() {
        return actorFor(line.principal());
      },
      requestId: uuid(),
      trace,
      recheck: renew,
    };
  }

  get isSubscription(): boolean {
    return this.#context.trace.subscription !== undefined;
  }

  /** Answers the operation, to the end. */
  async run(): Promise<void> {
    const { inFlight, metrics } = this.#options;
    const { trace } = this.#context;
    try {
      const work = this.#ask().catch((error: unknown) => this.#failure(error));
      const answer = inFlight.isFull() ? OVERLOADED.body : await inFlight.within(work, () => tooLate(trace).body);
      metrics.operationAnswered(trace, answer);
      if (answer.errors === undefined && trace.subscription !== undefined) await this.#open(trace.subscription);
      else await this.#answer(answer);
    } catch (error) {
      await this.#refuse(this.#failure(error).errors);
    }
  }

  /** Judges a subscription anew, for whoever asks by now. Answers whether it was denied, and so is over. */
  async judgeAgain(): Promise<boolean> {
    const { errors } = await this.#admit({ ...this.#context, trace: newTrace() });
    if (errors !== undefined) await this.#refuse(errors);
    return errors !== undefined;
  }

  /** Lets it come to its end, if it has one: subscriptions have none. */
  drain(): void {
    this.#isDraining = true;
    if (this.isSubscription) this.end();
  }

  /** Ends it where it stands: nothing is sent any more. */
  end(): void {
    this.#isOver = true;
    this.#subscription?.end();
  }

  /** The credential is judged first, as with every request. */
  async #ask(): Promise<Result> {
    const confirmed = await this.#line.confirm();
    if (confirmed.kind === 'REJECTED' || this.#isOver) return {};
    const { throttles, principal, actor } = this.#context;
    const refusal = refusalOf(throttles.countRequest(principal, actor.address));
    if (refusal !== undefined) throw refusal;
    return await this.#admit(this.#context);
  }

  /** Passes the operation through Apollo, which executes queries and mutations, and says whether subscriptions may run. */
  async #admit(context: Context): Promise<Result> {
    const operation = findOperation(parseBody(this.#asked.payload), this.#options);
    if ('status' in operation) return operation.body;
    return (await executeOperation(this.#options.apollo, operation, context)).result;
  }

  /** Events are taken as the client takes their answers: what it does not take stays in the source. */
  async #open(admitted: Admitted): Promise<void> {
    const { schema, log } = this.#options;
    const opened = await openSubscription(admitted, { schema, context: this.#context, log });
    if (!('batches' in opened)) return await this.#answer(opened);
    this.#subscription = opened;
    if (this.#isOver || this.#isDraining) this.end();
    for await (const events of opened.batches) {
      const results = await this.#permitted(() => Promise.all(events.map(opened.answer)));
      await Promise.all(results.map((payload) => this.#send({ type: MessageType.Next, id: this.#asked.id, payload })));
    }
    await this.#complete();
  }

  /**
   * Results of what has happened, for somebody who may still have them: the credential is judged after it did. While
   * the database is away they wait, since what has happened stays as it is. Empty, where it is all over.
   */
  async #permitted(work: () => Promise<Result[]>): Promise<Result[]> {
    while (!this.#isOver) {
      const answered = await Promise.all([this.#line.confirm(), work()]).catch(unlessPassing);
      if (answered !== undefined) {
        const [confirmed, results] = answered;
        if (confirmed.kind === 'REJECTED' || this.#isOver) return [];
        if (!results.some(isPassing)) return results;
      }
      await delay(RETRY_MS);
    }
    return [];
  }

  /** Where nothing ran the answer is an `error`, as it is no answer over HTTP. */
  async #answer(result: Result): Promise<void> {
    if (result.data === undefined) return await this.#refuse(result.errors);
    await this.#send({ type: MessageType.Next, id: this.#asked.id, payload: result });
    await this.#complete();
  }

  async #complete(): Promise<void> {
    await this.#send({ type: MessageType.Complete, id: this.#asked.id });
    this.#isOver = true;
  }

  async #refuse(errors: Answer['body']['errors'] = []): Promise<void> {
    const sent = this.#send({ type: MessageType.Error, id: this.#asked.id, payload: errors });
    this.end();
    await sent;
  }

  async #send(message: Message): Promise<void> {
    if (!this.#isOver) await this.#line.send(message);
  }

  #failure(error: unknown): Answer['body'] {
    const { requestId } = this.#context;
    return answerFailure(error, { requestId, log: this.#options.log }).body;
  }
}

function newTrace(): Trace {
  return { method: 'WEBSOCKET', isRunning: false, state: 'AWAITED' };
}

/** What will do if it is tried again: the database is away, or has too much to do. */
const PASSING: ReadonlySet<unknown> = new Set<ErrorCode>(['UNAVAILABLE', 'OVERLOADED']);

function isPassing({ errors = [] }: Result): boolean {
  return errors.some(({ extensions }) => PASSING.has(extensions?.['code']));
}

function unlessPassing(error: unknown): undefined {
  if (!PASSING.has(translateError(error).extensions['code'])) throw error;
}
