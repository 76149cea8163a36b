import type { OperationTypeNode } from 'graphql';
import type { Principal } from '../auth/principal.js';

/** The trace of a request (W3C Trace Context), and the id of this server's part in it. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** What the log and the metrics record of a request. It is written while the request is processed, and decides nothing. */
export interface Trace {
  /** Undefined: the client named no trace. */
  ids?: TraceIds | undefined;
  /** Undefined until the credential has been accepted. */
  principal?: Principal;
  /** Undefined until the document has been validated. */
  operation?: { readonly kind: OperationTypeNode; readonly name: string | undefined };
}
