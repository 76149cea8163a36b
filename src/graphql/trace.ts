import type { OperationTypeNode } from 'graphql';
import type { Principal } from '../auth/principal.js';
import type { ErrorCode } from '../errors.js';

/** The trace of a request (W3C Trace Context), and the id of this server's part in it. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** The trace of a request, with what an exporter needs beside its ids. */
export interface TraceContext {
  readonly ids: TraceIds;
  /** The id of the caller's part; undefined: the trace begins here. */
  readonly parentId: string | undefined;
  /** Whether the trace is recorded, which the caller decides. */
  readonly isSampled: boolean;
}

/** What the log, the metrics and traces record of a request. It is written while the request is processed, and decides nothing. */
export interface Trace {
  /** Undefined: the client named no trace, and none is exported. */
  context?: TraceContext | undefined;
  /** Undefined until the credential has been accepted. */
  principal?: Principal;
  /** Undefined until the document has been validated. */
  operation?: { readonly kind: OperationTypeNode; readonly name: string | undefined };
  /** The code of the first error, where traces are exported. */
  code?: ErrorCode | undefined;
}
