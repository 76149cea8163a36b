import { describe, expect } from 'vitest';
import { scopeLabel } from '../../../src/auth/scope.js';
import { EXAMPLES, type Example } from '../../../src/web/graphiql/examples.js';
import { it } from '../../support/fixtures.js';
import type { IssuedToken, ResponseError, TestServer } from '../../support/server.js';
import { errorsOf, openClient } from '../../support/socket.js';

describe('An example of GraphiQL', () => {
  it.for(EXAMPLES)('requires exactly the scopes on its label: $title', async (example, { server }) => {
    const tooNarrow = await server.token(['audit:read']);

    const errors = await refusalOf(server, tooNarrow, example);

    const required = errors.flatMap(({ extensions }) => extensions['requiredScopes'] as string[]);
    expect(new Set(required.map(scopeLabel))).toEqual(new Set(example.scopes));
  });

  it('succeeds as it is written, after the ones before it', async ({ server }) => {
    const client = openClient(server, await server.everything());
    const other = await server.token(['users:read']);

    for (const { title, query, variables } of EXAMPLES) {
      const filledIn = JSON.stringify(variables ?? {}).replace('the id of the token', other.id);
      const responses = client.iterate({ query, variables: JSON.parse(filledIn) });
      const { value } = await responses.next();
      await responses.return?.();
      expect(value, title).toEqual({ data: expect.anything() });
    }
    await client.dispose();
  });

  /** The errors before anything runs; none if the token suffices. */
  async function refusalOf(
    server: TestServer,
    token: IssuedToken,
    { query, variables, scopes }: Example,
  ): Promise<ResponseError[]> {
    const client = openClient(server, token);
    const responses = client.iterate({ query, variables: { ...variables } });
    const errors = scopes.length > 0 ? await errorsOf(responses) : ((await responses.next()).value?.errors ?? []);
    await client.dispose();
    return errors;
  }
});
