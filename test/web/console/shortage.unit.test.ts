import { CombinedError } from 'urql';
import { expect, it } from 'vitest';
import { shortage } from '../../../src/web/console/points/shortage.js';

const refused = (extensions: Record<string, unknown>) =>
  shortage(new CombinedError({ graphQLErrors: [{ message: 'refused', extensions }] }), 'bob');

it.each([
  [{ available: 0, needed: 5, held: 0 }, 'bob has 0 points available. The change needs 5.'],
  [{ available: 1, needed: 5 }, 'bob has 1 point available. The change needs 5.'],
  [
    { available: 40, needed: 1_000, held: 1_060 },
    'bob has 40 points available, and 1,060 reserved. The change needs 1,000.',
  ],
])('A change that takes too many points says how many are available and reserved: %o', (details, text) => {
  expect(refused({ code: 'INSUFFICIENT_POINTS', ...details })).toBe(text);
});

it('Another refusal keeps the words of the server', () => {
  expect(refused({ code: 'BALANCE_LIMIT' })).toBeUndefined();
});
