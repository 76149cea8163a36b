import { describe, expect, it } from 'vitest';
import { parseExternalId } from '../../../src/web/console/users/external-id.js';

describe('A search for an external id', () => {
  it.for([
    ['twitch:1234', { issuer: 'twitch', id: '1234' }],
    [' Shop.Example.com : A:b ', { issuer: 'shop.example.com', id: 'A:b' }],
    [`x:${'9'.repeat(255)}`, { issuer: 'x', id: '9'.repeat(255) }],
  ] as const)('names the issuer before the first colon, and the id: %s', ([search, external]) => {
    expect(parseExternalId(search)).toEqual(external);
  });

  it.for(['bob', 'twitch:', ':1234', 'two words:1', `x:${'9'.repeat(256)}`])('is none: %s', (search) => {
    expect(parseExternalId(search)).toBeUndefined();
  });
});
