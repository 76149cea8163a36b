import { DrizzleQueryError } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { toResult } from '../../../src/graphql/resolvers/points-payload.js';

describe('The error of one change of several', () => {
  const errorOf = (reason: unknown) => toResult({ status: 'rejected', reason }).error;

  it('is UNAVAILABLE where the database could not be reached to verify the credential', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
    const error = errorOf(new DrizzleQueryError('select 1', [], refused));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', effect: 'NONE' });
  });

  it('does not repeat the message of an unexpected error', () => {
    const error = errorOf(new TypeError('secret is undefined'));
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', effect: 'NONE' });
    expect(error?.message).not.toContain('secret');
  });
});
