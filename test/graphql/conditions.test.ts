import { expect } from 'vitest';
import { it } from '../support/fixtures.js';
import type { LoggedIn } from '../support/server.js';

let session: LoggedIn;
it.beforeAll(async ({ server }) => {
  session = await server.session();
});

/** More runs than it takes until the server compiles an operation. */
const OFTEN = 60;

it('A fragment that is spread twice, once under a condition, has the same result in each of 60 runs', async ({
  server,
}) => {
  const query = `query ($isWanted: Boolean!) { a: viewer { ...V @include(if: $isWanted) } b: viewer { ...V } }
    fragment V on Viewer { kind user { username } }`;
  const viewer = { kind: 'USER', user: { username: session.user.username } };
  for (let run = 0; run < OFTEN; run++) {
    const isWanted = run % 2 === 0;
    const { data, errors } = await server.send(session, query, { isWanted });
    expect({ data, errors }).toEqual({ data: { a: isWanted ? viewer : {}, b: viewer }, errors: undefined });
  }
});
