import { OperationTypeNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { OperationAbandoned } from '../../src/auth/errors.js';
import { ANONYMOUS } from '../../src/auth/principal.js';
import { verifiedCredential } from '../../src/auth/request-credential.js';
import { connect } from '../../src/database/connect.js';
import { createFence } from '../../src/database/fence.js';
import { RequestContext } from '../../src/graphql/context.js';
import { OperationRun } from '../../src/graphql/operation-run.js';

describe('An operation that timed out', () => {
  const recheckOf = (run: OperationRun) => {
    const credential = verifiedCredential(ANONYMOUS, async () => ANONYMOUS);
    const options = {
      id: 'a request',
      method: 'POST',
      address: '127.0.0.1',
      network: '127.0.0.1',
      provenAddress: '127.0.0.1',
      credential,
      run,
      trace: {},
    } as const;
    return new RequestContext(options).recheck;
  };

  it('makes no further change, also where it is anonymous', async () => {
    const run = new OperationRun();
    await expect(recheckOf(run)()).resolves.toBeUndefined();
    run.abandon();
    await expect(recheckOf(run)()).rejects.toThrow(OperationAbandoned);
  });

  it('does not start', () => {
    const run = new OperationRun();
    run.abandon();
    expect(run.start(OperationTypeNode.QUERY)).toBe(false);
    expect(run.isAbandoned).toBe(true);
  });

  it('begins no transaction that waited for another', async () => {
    const run = new OperationRun();
    // Nothing listens there: a transaction that begins fails with another error.
    const { database } = connect({
      url: 'postgres://127.0.0.1:1/none',
      poolSize: 1,
      behindPooler: false,
      onLost: () => {},
      fence: createFence(),
    });
    const turn = { key: 'one', recheck: recheckOf(run) };
    const first = database.keyedTransactions.run(turn, async () => {});
    const second = database.keyedTransactions.run(turn, async () => {});
    run.abandon();
    await expect(first).rejects.not.toThrow(OperationAbandoned);
    await expect(second).rejects.toThrow(OperationAbandoned);
  });
});
