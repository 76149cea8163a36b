import { OperationTypeNode } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { OperationRun } from '../../src/graphql/operation-run.js';
import { type Outcome, refuse } from '../../src/graphql/outcome.js';
import { createInFlight } from '../../src/http/in-flight.js';

const DONE: Outcome = { kind: 'RESPONSE', body: { data: { done: true } } };
const never = () => new Promise<Outcome>(() => {});
const MINUTE = 60;

const codeOf = (outcome: Outcome) => outcome.kind === 'REFUSED' && outcome.errors[0]?.extensions?.['code'];

describe('An operation in flight', () => {
  it('has the outcome of its work, or its error', async () => {
    const inFlight = createInFlight({ max: 10, timeoutSeconds: MINUTE });
    expect(await inFlight.process(new OperationRun(), async () => DONE)).toBe(DONE);
    const failed = inFlight.process(new OperationRun(), () => Promise.reject(new Error('broken')));
    await expect(failed).rejects.toThrow('broken');
  });

  it('is refused with UNAVAILABLE when it times out before it has started', async () => {
    const run = new OperationRun();
    const outcome = await createInFlight({ max: 10, timeoutSeconds: 0.02 }).process(run, never);
    const error = { extensions: { code: 'UNAVAILABLE', retryAfterSeconds: 1 } };
    expect(outcome).toMatchObject({ kind: 'REFUSED', errors: [error] });
    expect(outcome).not.toHaveProperty('errors.0.extensions.effect');
    expect(run.isAbandoned).toBe(true);
  });

  it.each([
    [OperationTypeNode.MUTATION, { code: 'UNAVAILABLE', retryAfterSeconds: 1, effect: 'UNKNOWN' }],
    [OperationTypeNode.QUERY, { code: 'UNAVAILABLE', retryAfterSeconds: 1 }],
  ])('responds without data when a %s times out after it has started', async (operation, extensions) => {
    const run = new OperationRun();
    run.start(operation);
    const outcome = await createInFlight({ max: 10, timeoutSeconds: 0.02 }).process(run, never);
    expect(outcome).toMatchObject({ kind: 'RESPONSE', body: { data: null } });
    expect(outcome).toHaveProperty('body.errors.0.extensions', extensions);
  });

  it('is refused with OVERLOADED while the limit is reached, in any order of their ends', async () => {
    const inFlight = createInFlight({ max: 3, timeoutSeconds: MINUTE });
    const ends: (() => void)[] = [];
    const start = () =>
      inFlight.process(new OperationRun(), () => new Promise((resolve) => ends.push(() => resolve(DONE))));
    const all = [start(), start(), start()];
    for (const index of [1, 0, 2]) {
      expect(codeOf(await inFlight.process(new OperationRun(), never))).toBe('OVERLOADED');
      ends[index]?.();
      await all[index];
      all[index] = start();
      ends[index] = ends.pop() ?? (() => {});
    }
  });

  it('counts until its work ends, also after it timed out', async () => {
    const inFlight = createInFlight({ max: 2, timeoutSeconds: MINUTE });
    const ends: (() => void)[] = [];
    const timedOut = [1, 2].map((which) =>
      inFlight.process(
        new OperationRun(),
        () => new Promise((resolve, reject) => ends.push(() => (which === 1 ? resolve(DONE) : reject(new Error())))),
      ),
    );
    inFlight.timeOutAll();
    expect((await Promise.all(timedOut)).map(codeOf)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    const work = vi.fn(never);
    expect(codeOf(await inFlight.process(new OperationRun(), work))).toBe('OVERLOADED');
    expect(work).not.toHaveBeenCalled();
    for (const end of ends) end();
    await Promise.resolve(); // the two that timed out are reported
    const next = [1, 2].map(() => inFlight.process(new OperationRun(), async () => DONE));
    expect(await Promise.all(next)).toEqual([DONE, DONE]);
  });

  it('keeps the outcome of its timeout where its work ends or fails later', async () => {
    const inFlight = createInFlight({ max: 2, timeoutSeconds: MINUTE });
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const outcomes = [
      inFlight.process(new OperationRun(), () => released.then(() => DONE)),
      inFlight.process(new OperationRun(), () => released.then(() => Promise.reject(new Error('too late')))),
    ];
    inFlight.timeOutAll();
    release();
    expect((await Promise.all(outcomes)).map(codeOf)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    const refused = refuse({ code: 'BAD_REQUEST', message: 'a refusal' });
    expect(await inFlight.process(new OperationRun(), async () => refused)).toBe(refused);
  });
});
