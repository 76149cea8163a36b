import { setTimeout as delay } from 'node:timers/promises';
import type { ApolloServer } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import { type Message, MessageType, type SubscribeMessage } from 'graphql-ws';
import type { Logger } from 'pino';
import { v7 as uuid } from 'uuid';
import { actorOf } from '../auth/actor.js';
import type { Principal } from '../auth/principal.js';
import type { Context, Services } from '../graphql/context.js';
import { translateError } from '../graphql/format-error.js';
import { type Admitted, openSubscription, type Result } from '../graphql/subscription.js';
import type { Trace } from '../graphql/trace.js';
import { type Answer, answerFailure, refuse } from './answer.js';
import { parseBody } from './graphql-request.js';
import { OVERLOADED, tooLate } from './graphql-route.js';
import type { InFlight } from './in-flight.js';
import type { Metrics } from './metrics.js';

export interface OperationOptions {
  readonly apollo: ApolloServer<Context>;
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
  /** Judges the credential now. False: it no longer counts, and nothing must be sent. */
  readonly confirm: () => Promise<boolean>;
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
  #events: AsyncIterator<unknown> | undefined;
  #isDraining = false;
  #isOver = false;

  constructor(asked: SubscribeMessage, line: Line, options: OperationOptions) {
    this.#asked = asked;
    this.#line = line;
    this.#options = options;
    this.#context = {
      ...options.services,
      // A subscription outlives what its credential was worth when it began.
      get principal() {
        return line.principal();
      },
      get actor() {
        return actorOf(line.principal(), line.address);
      },
      requestId: uuid(),
      trace: newTrace(),
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
    void this.#events?.return?.().catch(() => {}); // whatever a source says to that, nobody is left to hear it
  }

  /** The credential is judged first, as with every request. */
  async #ask(): Promise<Result> {
    if (!(await this.#line.confirm())) return {};
    const { throttles, principal, actor } = this.#context;
    await throttles.countRequest(principal, actor.address);
    return await this.#admit(this.#context);
  }

  /** Passes the operation through Apollo, which executes queries and mutations, and says whether subscriptions may run. */
  async #admit(context: Context): Promise<Result> {
    const asked = parseBody(this.#asked.payload);
    if (typeof asked === 'string') return refuse({ code: 'BAD_REQUEST', message: asked }).body;
    const { body } = await this.#options.apollo.executeOperation(asked, { contextValue: context });
    if (body.kind !== 'single') throw new Error('Nothing here is delivered in parts.');
    return body.singleResult;
  }

  /** Events are taken one by one, as the client takes their answers: what it does not take stays in the source. */
  async #open(admitted: Admitted): Promise<void> {
    const { schema, log } = this.#options;
    const opened = await openSubscription(admitted, { schema, context: this.#context, log });
    if (!('events' in opened)) return await this.#answer(opened);
    this.#events = opened.events;
    if (this.#isOver || this.#isDraining) this.end();
    while (!this.#isOver) {
      const { done, value } = await opened.events.next();
      const result = done ? undefined : await this.#answerEvent(() => opened.answer(value));
      if (result === undefined) break;
      await this.#send({ type: MessageType.Next, id: this.#asked.id, payload: result });
    }
    await this.#complete();
  }

  /** The answer to an event, for somebody who may still have it: the credential is judged after the event came. */
  async #answerEvent(answer: () => Promise<Result>): Promise<Result | undefined> {
    while (!this.#isOver) {
      const answered = await Promise.all([this.#line.confirm(), answer()]).catch(unlessPassing);
      if (answered?.[0] === false) return undefined;
      const result = answered?.[1];
      if (result !== undefined && !result.errors?.some(({ extensions }) => isPassing(extensions))) return result;
      await delay(RETRY_MS); // the event stays as it is, and so it can wait
    }
    return undefined;
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
  return { method: 'WEBSOCKET', isRunning: false };
}

/** Whether trying again will do: the database is away, or has too much to do. */
function isPassing(extensions: Readonly<Record<string, unknown>> = {}): boolean {
  return extensions['code'] === 'UNAVAILABLE' || extensions['code'] === 'OVERLOADED';
}

function unlessPassing(error: unknown): undefined {
  if (!isPassing(translateError(error).extensions)) throw error;
}
