import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IssuedToken, startServer, type TestServer } from '../server.js';

let server: TestServer;
let token: IssuedToken;
beforeAll(async () => {
  server = await startServer();
  token = await server.everything();
});
afterAll(async () => await server.close());

const send = (query: string, variables = {}) => server.send(token, query, variables);
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

async function expectRefusal(query: string, message: string, variables = {}): Promise<void> {
  const { status, data, errors } = await send(query, variables);
  expect({ status, data }).toEqual({ status: 400, data: undefined });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.message).toContain(message);
  expect(errors?.[0]?.extensions).toEqual({ code: 'OPERATION_TOO_COMPLEX' });
}

async function expectAnswer(query: string, variables = {}): Promise<void> {
  expect(await send(query, variables)).toMatchObject({ status: 200, errors: undefined });
}

describe('A document', () => {
  it('has at most 2,000 tokens', async () => {
    // Without its list the document has 20.
    const issue = (scopes: number) =>
      `mutation { issueToken(input: { name: "x", scopes: [${times(scopes, () => 'USERS_READ')}] }) { secret } }`;
    await expectAnswer(issue(1_980));
    await expectRefusal(issue(1_981), 'more than 2000 tokens');
  });

  it('repeats itself no more than can be looked at', async () => {
    await expectRefusal(`{ ${times(1_900, () => '__typename')} }`, 'same fields');
  });
});

describe('An operation', () => {
  /** A selection of this many sets inside one another. */
  const deep = (depth: number) => {
    const fields = [
      'user',
      'posts',
      'nodes',
      'author',
      'posts',
      'nodes',
      'author',
      'posts',
      'nodes',
      'author',
      'posts',
    ];
    const path = ['viewer', ...fields.slice(0, depth - 2)].join(' { ');
    return `${path} { __typename ${'}'.repeat(depth - 1)}`;
  };

  it('is at most 12 selection sets deep', async () => {
    await expectAnswer(`{ ${deep(12)} }`);
    await expectRefusal(
      `{ ${deep(12).replace('__typename', 'posts { totalCount }')} }`,
      '13 selection sets deep; at most 12',
    );
  });

  it('is as deep as its fragments make it', async () => {
    const query = `{ ${deep(12).replace('__typename', '...A')} } fragment A on User { ...B } fragment B on User`;
    await expectAnswer(`${query} { ... on User { ... { id } } }`);
    await expectRefusal(`${query} { ... { posts { totalCount } } }`, '13 selection sets deep');
  });

  it('may introspect as deep as it likes', async () => {
    await expectAnswer(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }));
    const nested = times(30, () => 'ofType {');
    await expectAnswer(`{ __type(name: "User") { ${nested} name ${'}'.repeat(30)} } }`);
  });

  it('has at most 50 aliases', async () => {
    await expectAnswer(`{ ${times(49, (index) => `a${index}: __typename`)} viewer { a: kind } }`);
    await expectRefusal(
      `{ ${times(49, (index) => `a${index}: __typename`)} viewer { a: kind b: kind } }`,
      '51 aliases; at most 50',
    );
  });

  it('has the aliases of a fragment wherever it spreads it', async () => {
    const fragment = `fragment A on User { ${times(26, (index) => `a${index}: id`)} }`;
    await expectAnswer(`{ viewer { user { ...A } } } ${fragment}`);
    await expectRefusal(`{ viewer { user { ...A posts { nodes { author { ...A } } } } } } ${fragment}`, '52 aliases');
  });

  it('introspects with no more aliases than anything else', async () => {
    await expectRefusal(`{ __schema { ${times(51, (index) => `a${index}: types { name }`)} } }`, '51 aliases');
  });

  it('has at most 50 root fields, those of its fragments among them', async () => {
    const aliases = times(48, (index) => `a${index}: __typename`);
    await expectAnswer(`{ ${aliases} ...A ... { __typename } __typename } fragment A on Query { viewer { kind } }`);
    await expectRefusal(
      `{ ${aliases} ...A ... { __typename } } fragment A on Query { viewer { kind } users { totalCount } }`,
      '51 root fields; at most 50',
    );
  });

  it('costs at most 50,000 fields, with every list at its full length', async () => {
    // 1 + 100 × (1 + 1 + 100 × (1 + 3) + ...) = 40,301
    const lists = 'users(first: 100) { nodes { posts(first: 100) { nodes { id title body } } } }';
    await expectAnswer(`{ ${lists} }`);
    await expectRefusal(`{ ${lists.replace('body', 'body createdAt')} }`, 'cost of 50201 fields');
  });

  it('costs by the variables that it is sent with, or their defaults', async () => {
    const query = `query ($users: Int, $posts: Int = 100) {
      users(first: $users) { nodes { posts(first: $posts) { nodes { id title body createdAt } } } }
    }`;
    await expectRefusal(query, 'cost of 50201 fields', { users: 100 });
    await expectAnswer(query, { users: 100, posts: 99 });
    await expectAnswer(query); // 20 users, which the schema says where nobody does
    await expectRefusal(query, 'cost of 50201 fields', { users: 100 });
  });

  it('costs what its fragments cost, in the list where they are spread', async () => {
    const fragments = `fragment A on PostConnection { nodes { ...B } } fragment B on Post { id title body createdAt }`;
    await expectRefusal(`{ users(first: 100) { nodes { posts(first: 100) { ...A } } } } ${fragments}`, 'cost of 50201');
    await expectAnswer(`{ users(first: 10) { nodes { posts(first: 100) { ...A } } } } ${fragments}`);
  });

  it('costs a page that is longer than any page what the longest costs, and its field says what is wrong', async () => {
    const { status, errors } = await send('{ users(first: 1000000) { nodes { id } } }');
    expect(status).toBe(200);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'first' } }]);
  });

  it('gains nothing by fragments that double each other', async () => {
    const fragments = times(
      40,
      (index) =>
        `fragment F${index} on User { posts { nodes { author { ...F${index + 1} } } a: nodes { author { ...F${index + 1} } } } }`,
    );
    await expectRefusal(
      `{ viewer { user { ...F0 } } } ${fragments} fragment F40 on User { id }`,
      'selection sets deep',
    );
  });
});

describe('Each limit', () => {
  it('has a setting', async () => {
    const strict = await startServer({
      LIMIT_DOCUMENT_TOKENS: '100',
      LIMIT_DEPTH: '2',
      LIMIT_ALIASES: '1',
      LIMIT_ROOT_FIELDS: '2',
      LIMIT_COST: '100',
    });
    try {
      const { secret } = await strict.everything();
      for (const [query, message] of [
        [`{ ${times(99, () => '__typename')} }`, 'more than 100 tokens'],
        ['{ viewer { user { id } } }', '3 selection sets deep; at most 2'],
        ['{ a: __typename b: __typename }', '2 aliases; at most 1'],
        ['{ __typename viewer { kind } users { totalCount } }', '3 root fields; at most 2'],
      ]) {
        const { errors } = await strict.send(secret, query ?? '');
        expect(errors).toMatchObject([
          { message: expect.stringContaining(message ?? ''), extensions: { code: 'OPERATION_TOO_COMPLEX' } },
        ]);
      }
    } finally {
      await strict.close();
    }
  });
});
