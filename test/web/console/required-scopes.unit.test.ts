import { describe, expect, it } from 'vitest';
import { sufficientScopes } from '../../../src/web/console/scopes/required-scopes.js';

describe('The scopes that operations require together', () => {
  it('are all of each, in no more than one copy', () => {
    const requirements = [
      { scopes: ['USERS_READ', 'POINTS_ADD'] as const, anyScopes: [] },
      { scopes: ['USERS_READ'] as const, anyScopes: [] },
    ].map(({ scopes, anyScopes }) => ({ scopes: [...scopes], anyScopes }));
    expect(sufficientScopes(requirements)).toEqual(['users:read', 'points:add']);
    expect(sufficientScopes([])).toEqual([]);
  });

  it('are the first of several of which one is enough, unless another operation requires one of them', () => {
    const either = { scopes: [], anyScopes: [['POINTS_ADD' as const, 'POINTS_SPEND' as const]] };
    expect(sufficientScopes([either, either])).toEqual(['points:add']);
    expect(sufficientScopes([either, { scopes: ['POINTS_SPEND'], anyScopes: [] }])).toEqual(['points:spend']);
  });
});
