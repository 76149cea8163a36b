import { describe, expect } from 'vitest';
import { itWith } from '../support/server-fixture.js';

const it = itWith({
  LIMIT_DOCUMENT_BYTES: '1000',
  LIMIT_LIST_ITEMS: '10',
  LIMIT_DOCUMENT_TOKENS: '100',
  LIMIT_DEPTH: '2',
  LIMIT_ALIASES: '1',
  LIMIT_ROOT_FIELDS: '2',
  LIMIT_COST: '100',
});

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

const issue = (scopes: number) =>
  `issueToken(input: { scopes: [${times(scopes, () => 'USERS_READ')}], name: "" }) { secret }`;

describe('Each limit', () => {
  it('is the one that its setting names', async ({ server }) => {
    const { secret } = await server.everything();
    for (const [query, message] of [
      [`{ ${times(99, () => 'id')} }`, 'more than 100 tokens'],
      [`{ __typename }${' '.repeat(987)}`, 'has 1001 bytes, comments and white space included; at most 1000'],
      [`mutation { ${issue(11)} }`, '11 items'],
      ['{ viewer { user { id } } }', '3 selection sets deep; at most 2'],
      ['{ a: __typename b: __typename }', '2 aliases; at most 1'],
      ['{ __typename viewer { kind } users { totalCount } }', '3 root fields; at most 2'],
      [`mutation { a: ${issue(10)} ${issue(10)} }`, 'cost of 104 fields'],
    ]) {
      const { errors } = await server.send(secret, query ?? '');
      expect(errors).toMatchObject([
        { message: expect.stringContaining(message ?? ''), extensions: { code: 'OPERATION_TOO_COMPLEX' } },
      ]);
    }
  });
});
