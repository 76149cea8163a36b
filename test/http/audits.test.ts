import { serverAudits } from 'graphql-http';
import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';

let url: string;
it.beforeAll(({ server }) => {
  url = `${server.url}/graphql`;
});

describe('The GraphQL-over-HTTP draft', () => {
  const audits = serverAudits({ url: () => url });

  it('has 61 audits', () => expect(audits).toHaveLength(61));

  it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s: %s', async (_id, _name, audit) => {
    const result = await audit.fn();
    expect(result.status, 'reason' in result ? result.reason : undefined).toBe('ok');
  });
});
