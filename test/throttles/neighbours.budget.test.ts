import { describe, expect } from 'vitest';
import { RenewSessionDocument } from '../operations/generated.js';
import { watchStatements } from '../support/statements.js';
import { at, codesOf, it, LIMIT, nextAddress, RENEWALS, renewFiftyTimes } from './neighbours.js';

/** The statements about sessions and throttles that work sends, and what it resolves with. */
const watched = async <Result>(work: () => Promise<Result>) => {
  const watch = watchStatements();
  const result = await work();
  const ofJobs = /limit \$/;
  const statements = watch.texts().filter((text) => /"(sessions|throttles)"/.test(text) && !ofJobs.test(text));
  return { result, statements };
};

describe('A neighbour behind the same address', () => {
  it('who sends made-up refresh tokens has only those refused, without a statement', async ({ server }) => {
    const address = nextAddress();
    const madeUp = await watched(async () => codesOf(await server.send(undefined, RENEWALS, {}, at(address))));
    expect(madeUp).toEqual({
      result: [...Array(LIMIT).fill('REFRESH_TOKEN_INVALID'), ...Array(50 - LIMIT).fill('RATE_LIMITED')],
      statements: [],
    });
    const { refreshToken } = await server.session();
    const real = await watched(() => server.send(undefined, RenewSessionDocument, { refreshToken }, at(address)));
    expect(codesOf(real.result)).toEqual([]);
    expect(real.statements).not.toEqual([]);
  });
});

describe('The refresh tokens of a session', () => {
  it('that has ended are refused up to the limit of a minute and then only counted, from any address', async ({
    server,
  }) => {
    const session = await server.session();
    await server.database.query('update sessions set ended_at = now() where user_id = $1', [session.user.id]);
    expect(codesOf(await renewFiftyTimes(server, session))).toEqual([
      ...Array(LIMIT).fill('REFRESH_TOKEN_REVOKED'),
      ...Array(50 - LIMIT).fill('RATE_LIMITED'),
    ]);
    const again = await watched(async () => codesOf(await renewFiftyTimes(server, session)));
    expect(again).toEqual({ result: Array(50).fill('RATE_LIMITED'), statements: [] });
  });
});
