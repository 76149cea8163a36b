import { describe, expect } from 'vitest';
import { scopeLabel } from '../../../src/auth/scope.js';
import { BOB, type Example } from '../../../src/web/graphiql/example.js';
import { EXAMPLES } from '../../../src/web/graphiql/examples.js';
import { HoldPointsDocument } from '../../operations/generated.js';
import type { IssuedToken, ResponseError, TestServer } from '../../support/server.js';
import { itWith } from '../../support/server-fixture.js';
import { errorsOf, openClient } from '../../support/socket.js';

const it = itWith({ WEBHOOK_PRIVATE_NETWORKS: 'on' });

describe('An example of GraphiQL', () => {
  it.for(EXAMPLES)('requires exactly the scopes on its label: $title', async (example, { server }) => {
    const tooNarrow = await server.token(['audit:read']);

    const errors = await refusalOf(server, tooNarrow, example);

    const required = errors.flatMap(({ extensions }) => extensions['requiredScopes'] as string[]);
    expect(new Set(required.map(scopeLabel))).toEqual(new Set(example.scopes));
  });

  it('succeeds as it is written, after the ones before it', async ({ server }) => {
    const client = openClient(server, await server.everything());
    const texts = {
      'the id of the token': (await server.token(['users:read'])).id,
      'the id of the hold': '',
      'the id of the webhook': '',
      'https://example.com': 'http://127.0.0.1:9', // where nothing listens
    };

    for (const { title, query, variables } of EXAMPLES) {
      if (title === 'Release a hold') texts['the id of the hold'] = await hold(server);
      let filledIn = JSON.stringify(variables ?? {});
      for (const [text, value] of Object.entries(texts)) filledIn = filledIn.replace(text, value);
      const responses = client.iterate({ query, variables: JSON.parse(filledIn) });
      const { value } = await responses.next();
      await responses.return?.();
      expect(value, title).toEqual({ data: expect.anything() });
      if (title === 'Hold points') texts['the id of the hold'] = value?.data?.['holdPoints'].hold.id;
      if (title === 'Create a webhook') texts['the id of the webhook'] = value?.data?.['createWebhook'].webhook.id;
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

/** Holds a point of the user of the examples. */
async function hold(server: TestServer): Promise<string> {
  const input = { user: BOB, points: 1, expiresInSeconds: 60 };
  return (await server.send(await server.everything(), HoldPointsDocument, { input })).data.change.hold.id;
}
