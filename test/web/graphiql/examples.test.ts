import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopeLabel } from '../../../src/auth/scope.js';
import { EXAMPLES } from '../../../src/web/graphiql/examples.js';
import { startServer, type TestServer } from '../../server.js';

describe('An example of GraphiQL', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it.each(EXAMPLES)('requires exactly the scopes on its label: $title', async ({ query, variables, scopes }) => {
    const tooNarrow = await server.token(['audit:read']);

    const { errors = [] } = await server.send(tooNarrow, query, variables);

    const required = errors.flatMap(({ extensions }) => extensions['requiredScopes'] as string[]);
    expect(new Set(required.map(scopeLabel))).toEqual(new Set(scopes));
  });

  it('runs as it stands, one after the other', async () => {
    const token = await server.everything();
    const other = await server.token(['users:read']);

    for (const { title, query, variables } of EXAMPLES) {
      const filledIn = title === 'Revoke a token' ? { input: { id: other.id } } : variables;
      const { errors } = await server.send(token, query, filledIn);
      expect(errors, title).toBeUndefined();
    }
  });
});
