import type { OperationTypeNode } from 'graphql';
import type { Principal } from '../auth/principal.js';

/** What the log and the metrics record of a request. It is written while the request is processed, and decides nothing. */
export interface Trace {
  /** Undefined until the credential has been accepted. */
  principal?: Principal;
  /** Undefined until the document has been validated. */
  operation?: { readonly kind: OperationTypeNode; readonly name: string | undefined };
}
