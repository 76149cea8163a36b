import { describe, expect, it } from 'vitest';
import { OperationAbandoned } from '../../src/auth/errors.js';
import { ANONYMOUS } from '../../src/auth/principal.js';
import { connect } from '../../src/database/connect.js';
import { createRecheck } from '../../src/graphql/context.js';
import type { Trace } from '../../src/graphql/trace.js';
import { tooLate } from '../../src/http/graphql-route.js';

describe('An operation that was answered because it took too long', () => {
  const createTrace = (): Trace => ({ method: 'POST', isRunning: true, state: 'AWAITED' });
  const recheckOf = (trace: Trace) => {
    const { actorFor } = createRecheck({ trace, address: '127.0.0.1', verify: async () => ANONYMOUS });
    return actorFor(ANONYMOUS).recheck;
  };

  it('changes nothing more, also where it is anonymous', async () => {
    const trace = createTrace();
    await expect(recheckOf(trace)()).resolves.toBeUndefined();
    tooLate(trace);
    await expect(recheckOf(trace)()).rejects.toThrow(OperationAbandoned);
  });

  it('begins no transaction when its turn comes', async () => {
    const trace = createTrace();
    // Nothing listens there: a transaction that began would fail otherwise.
    const { database } = connect({
      url: 'postgres://127.0.0.1:1/none',
      poolSize: 1,
      behindPooler: false,
      onLost: () => {},
    });
    const turn = { key: 'one', recheck: recheckOf(trace) };
    const first = database.keyedTransactions.run(turn, async () => {});
    const second = database.keyedTransactions.run(turn, async () => {});
    tooLate(trace);
    await expect(first).rejects.not.toThrow(OperationAbandoned);
    await expect(second).rejects.toThrow(OperationAbandoned);
  });
});
