import type { OperationTypeNode } from 'graphql';
import type { MinuteCount } from '../throttles/minute-counter.js';

type State =
  | { readonly kind: 'PENDING' }
  /** Resolvers run, or have run. */
  | { readonly kind: 'STARTED'; readonly operation: OperationTypeNode }
  /** The response was sent without the result. */
  | { readonly kind: 'ABANDONED' };

/**
 * The run of one operation: shared by what executes it and by what may stop waiting for it. Once it is abandoned nothing
 * more of it starts, and the response is made from what is known here.
 */
export class OperationRun {
  #state: State = { kind: 'PENDING' };
  #count: MinuteCount | undefined;

  get isPending(): boolean {
    return this.#state.kind === 'PENDING';
  }

  get isAbandoned(): boolean {
    return this.#state.kind === 'ABANDONED';
  }

  /** The rate limit with the fewest left of those that the operation counts against; undefined: none applies. */
  get count(): MinuteCount | undefined {
    return this.#count;
  }

  /** Records that resolvers are about to run. False where the run was abandoned: then they must not. */
  start(operation: OperationTypeNode): boolean {
    if (this.isAbandoned) return false;
    this.#state = { kind: 'STARTED', operation };
    return true;
  }

  /** Stops waiting for the result. Returns the kind of operation that had started, undefined where none had. */
  abandon(): OperationTypeNode | undefined {
    const state = this.#state;
    this.#state = { kind: 'ABANDONED' };
    return state.kind === 'STARTED' ? state.operation : undefined;
  }

  /** Records a rate limit. Of two with equally little left the later counts, since it may have refused the operation. */
  noteCount(count: MinuteCount | undefined): void {
    if (count !== undefined && (this.#count === undefined || count.remaining <= this.#count.remaining)) {
      this.#count = count;
    }
  }
}
