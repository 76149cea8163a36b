import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import type { IssuedToken } from '../support/server.js';
import { sizeExpectations } from './size-expectations.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const { send, expectRefusal, expectAnswer } = sizeExpectations(() => token);

describe('The name of a variable', () => {
  it.for(Object.getOwnPropertyNames(Object.prototype))('changes nothing: $%s', async (name, { server }) => {
    const query = (variable: string) => `query ($${variable}: Int = 100) {
      users(first: $${variable}) { nodes { posts(first: $${variable}) { nodes { id title body createdAt } } } }
    }`;
    await expectRefusal(server, query('n'), 'cost of 50201 fields');
    await expectRefusal(server, query(name), 'cost of 50201 fields');
    if (name === '__proto__') return; // is refused in JSON
    await expectRefusal(
      server,
      query(name).replace('= 100', ''),
      'cost of 50201 fields',
      Object.fromEntries([[name, 100]]),
    );
    await expectAnswer(server, query(name), Object.fromEntries([[name, 10]]));
  });

  it('changes nothing as an alias', async ({ server }) => {
    const { status, data } = await send(
      server,
      '{ constructor: __typename viewer { __proto__: kind toString: kind } }',
    );
    expect({ status, data: JSON.stringify(data) }).toEqual({
      status: 200,
      data: '{"constructor":"Query","viewer":{"__proto__":"APP","toString":"APP"}}',
    });
  });
});
