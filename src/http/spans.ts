import type { Trace } from '../graphql/trace.js';

/** Sends spans of GraphQL operations to a receiver of OpenTelemetry. Where none is configured there is no such object. */
export interface Spans {
  /** Takes the span of an operation that ended now, if its trace is recorded. Never waits and never throws. */
  operationEnded(trace: Trace, ended: EndedOperation): void;
  /** Sends what was not sent. Resolves also where that fails, though a receiver that hangs takes seconds. */
  stop(): Promise<void>;
}

export interface EndedOperation {
  /** The HTTP status; absent over WebSocket. */
  readonly status?: number;
  readonly milliseconds: number;
}
