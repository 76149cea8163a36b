import type { OperationTypeNode } from 'graphql';
import type { Principal } from '../auth/principal.js';
import type { MinuteCount } from '../throttles/minute-counter.js';
import type { Admitted } from './subscription.js';

/** What becomes known of a request on its way: for the log, for the metrics, and for an answer that comes too late. */
export interface Trace {
  /** Over GET only queries run, and subscriptions over WebSocket alone. */
  readonly method: 'GET' | 'POST' | 'WEBSOCKET';
  /** Undefined until the credential was judged. */
  principal?: Principal;
  /** Undefined until the document was understood. */
  operation?: { readonly kind: OperationTypeNode; readonly name: string | undefined };
  /** Of what was counted, the count with the least left: its fields go with the answer. Undefined: nothing is limited. */
  count?: MinuteCount;
  /** A subscription that may run: whoever asked for it opens it. */
  subscription?: Admitted;
  /** Whether the stack was too small for the document: then nothing ran. */
  hasOverflowed?: boolean;
  /** Whether anything of the operation ran. */
  isRunning: boolean;
  /** ABANDONED: it was answered because it took too long, and must not begin anything more. */
  state: 'AWAITED' | 'ABANDONED';
}

/** Takes note of a count; where as little is left of another one, the later stands: it may have refused the request. */
export function noteCount(trace: Trace, count: MinuteCount | undefined): void {
  if (count !== undefined && (trace.count === undefined || count.remaining <= trace.count.remaining)) {
    trace.count = count;
  }
}
