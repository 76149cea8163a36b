import { getIntrospectionQuery } from 'graphql';
import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { post } from '../support/http.js';
import type { IssuedToken } from '../support/server.js';
import { sizeExpectations } from './size-expectations.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const { send, expectRefusal, expectAnswer } = sizeExpectations(() => token);
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

describe('A document', () => {
  it('has at most 2,000 tokens', async ({ server }) => {
    const scopes = (count: number) => `[${times(count, () => 'USERS_READ')}]`;
    // Without the items of its lists the document has 41.
    const issue = (count: number) => `mutation {
      a: issueToken(input: { name: "x", scopes: ${scopes(1_000)} }) { secret }
      b: issueToken(input: { name: "x", scopes: ${scopes(count - 1_000)} }) { secret }
    }`;
    await expectAnswer(server, issue(1_959));
    await expectRefusal(server, issue(1_960), 'more than 2000 tokens');
  });

  it('has at most 65,536 bytes, comments and white space included', async ({ server }) => {
    await expectAnswer(server, '{ __typename }'.padEnd(65_536, ' '));
    await expectAnswer(server, '{ __typename }'.padEnd(65_536, '#\n'));
    await expectAnswer(server, `{ __typename } #${'é'.repeat(32_760)}`);
    await expectRefusal(
      server,
      '{ __typename }'.padEnd(65_537, ' '),
      'has 65537 bytes, comments and white space included',
    );
    await expectRefusal(server, '{ __typename }'.padEnd(65_537, '#\n'), 'has 65537 bytes');
    await expectRefusal(server, `{ __typename } #${'é'.repeat(32_761)}`, 'has 65538 bytes');
  });

  it('has at most 200 nested brackets, and any number in strings and comments', async ({ server }) => {
    const nested = (depth: number) => `${'{ ... '.repeat(depth - 1)}{ __typename ${'}'.repeat(depth)}`;
    await expectAnswer(server, nested(199));
    await expectRefusal(server, nested(201), 'more than 200 brackets inside one another');
    await expectRefusal(server, `{ users(first: ${'['.repeat(1_990)}`, 'more than 200 brackets');
    const brackets = '[{('.repeat(30);
    const comment = `# ${brackets.repeat(10)} " """`;
    await expectAnswer(server, `{ users(search: "${brackets}") { totalCount } } ${comment}`);
    await expectAnswer(server, `{ users(search: """\\""" ${brackets}""") { totalCount } } ${comment}`);
    await expectRefusal(
      server,
      `{ a: users(search: "\\"}") { totalCount } ${comment}\n b: user(by: ${'['.repeat(300)}`,
      'brackets',
    );
  });

  it('may repeat one field, within its tokens', async ({ server }) => {
    await expectAnswer(server, `{ ${times(1_900, () => '__typename')} }`);
    await expectAnswer(server, `{ ${times(440, () => 'viewer { kind }')} }`);
  });

  it('has at most 20,000 selections to be compared', async ({ server }) => {
    const shared = `fragment F on Query { ${times(98, () => '__typename')} }`;
    const operations = (count: number) => `${times(count, (index) => `query Q${index} { ...F }`)} ${shared}`;
    const named = (count: number) =>
      post(server, { query: operations(count), operationName: 'Q1' }, { authorization: `Bearer ${token.secret}` });
    expect(await named(200)).toMatchObject({ status: 200, errors: undefined });
    expect((await named(203)).errors).toMatchObject([
      {
        message: expect.stringContaining('too often to be compared. Spread each fragment in fewer places'),
        extensions: { code: 'OPERATION_TOO_COMPLEX' },
      },
    ]);
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

  it('is at most 12 selection sets deep', async ({ server }) => {
    await expectAnswer(server, `{ ${deep(12)} }`);
    await expectRefusal(
      server,
      `{ ${deep(12).replace('__typename', 'posts { totalCount }')} }`,
      '13 selection sets deep; at most 12',
    );
  });

  it('includes its fragments in its depth', async ({ server }) => {
    const query = `{ ${deep(12).replace('__typename', '...A')} } fragment A on User { ...B } fragment B on User`;
    await expectAnswer(server, `${query} { ... on User { ... { id } } }`);
    await expectRefusal(server, `${query} { ... { posts { totalCount } } }`, '13 selection sets deep');
  });

  it('has no limit of depth for introspection', async ({ server }) => {
    await expectAnswer(server, getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }));
    const nested = times(30, () => 'ofType {');
    await expectAnswer(server, `{ __type(name: "User") { ${nested} name ${'}'.repeat(30)} } }`);
  });

  it('has at most 50 aliases', async ({ server }) => {
    await expectAnswer(server, `{ ${times(49, (index) => `a${index}: __typename`)} viewer { a: kind } }`);
    await expectRefusal(
      server,
      `{ ${times(49, (index) => `a${index}: __typename`)} viewer { a: kind b: kind } }`,
      '51 aliases; at most 50',
    );
  });

  it('counts the aliases of a fragment each time that it is spread', async ({ server }) => {
    const fragment = `fragment A on User { ${times(26, (index) => `a${index}: id`)} }`;
    await expectAnswer(server, `{ viewer { user { ...A } } } ${fragment}`);
    await expectRefusal(
      server,
      `{ viewer { user { ...A posts { nodes { author { ...A } } } } } } ${fragment}`,
      '52 aliases',
    );
  });

  it('has at most 50 aliases also in introspection', async ({ server }) => {
    await expectRefusal(server, `{ __schema { ${times(51, (index) => `a${index}: types { name }`)} } }`, '51 aliases');
  });

  it('has at most 10 aliases in its introspection, on all levels together', async ({ server }) => {
    const refused = '11 aliases in its introspection; at most 10';
    const named = (count: number) => times(count, (index) => `a${index}: __type(name: "User") { name }`);
    const inner = (count: number) => `__schema { types { fields { ${times(count, (index) => `b${index}: name`)} } } }`;
    await expectAnswer(server, `{ ${named(10)} viewer { ${times(20, (index) => `a${index}: kind`)} } }`);
    await expectRefusal(server, `{ ${named(11)} }`, refused);
    await expectAnswer(server, `{ ${inner(10)} }`);
    await expectRefusal(server, `{ ${inner(11)} }`, refused);
    await expectRefusal(server, `{ ${named(1)} ...A } fragment A on Query { ${inner(10)} }`, refused);
  });

  it('has at most 50 root fields, those of its fragments among them', async ({ server }) => {
    const aliases = times(48, (index) => `a${index}: __typename`);
    await expectAnswer(
      server,
      `{ ${aliases} ...A ... { __typename } __typename } fragment A on Query { viewer { kind } }`,
    );
    await expectRefusal(
      server,
      `{ ${aliases} ...A ... { __typename } } fragment A on Query { viewer { kind } users { totalCount } }`,
      '51 root fields; at most 50',
    );
  });

  it('costs at most 50,000 fields, with every list at its full length', async ({ server }) => {
    // 1 + 100 × (1 + 1 + 100 × (1 + 3) + ...) = 40,301
    const lists = 'users(first: 100) { nodes { posts(first: 100) { nodes { id title body } } } }';
    await expectAnswer(server, `{ ${lists} }`);
    await expectRefusal(server, `{ ${lists.replace('body', 'body createdAt')} }`, 'cost of 50201 fields');
  });

  it('costs by its variables, or by their defaults', async ({ server }) => {
    const query = `query ($users: Int, $posts: Int = 100) {
      users(first: $users) { nodes { posts(first: $posts) { nodes { id title body createdAt } } } }
    }`;
    await expectRefusal(server, query, 'cost of 50201 fields', { users: 100 });
    await expectAnswer(server, query, { users: 100, posts: 99 });
    await expectAnswer(server, query); // 20 users, the default of the schema
    await expectRefusal(server, query, 'cost of 50201 fields', { users: 100 });
  });

  it('costs what its fragments cost in the lists where they are spread', async ({ server }) => {
    const fragments = `fragment A on PostConnection { nodes { ...B } } fragment B on Post { id title body createdAt }`;
    await expectRefusal(
      server,
      `{ users(first: 100) { nodes { posts(first: 100) { ...A } } } } ${fragments}`,
      'cost of 50201',
    );
    await expectAnswer(server, `{ users(first: 10) { nodes { posts(first: 100) { ...A } } } } ${fragments}`);
  });

  it('costs, for a page beyond the maximum, a page of the maximum, and the field is refused', async ({ server }) => {
    const { status, errors } = await send(server, '{ users(first: 1000000) { nodes { id } } }');
    expect(status).toBe(200);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'first' } }]);
  });

  it('is refused as too deep with fragments that spread the next one twice', async ({ server }) => {
    const fragments = times(
      40,
      (index) =>
        `fragment F${index} on User { posts { nodes { author { ...F${index + 1} } } a: nodes { author { ...F${index + 1} } } } }`,
    );
    await expectRefusal(
      server,
      `{ viewer { user { ...F0 } } } ${fragments} fragment F40 on User { id }`,
      'selection sets deep',
    );
  });
});

describe('A list', () => {
  const ISSUE = `mutation ($input: IssueTokenInput!) { issueToken(input: $input) { secret } }`;
  const scopes = (count: number) => Array.from({ length: count }, () => 'USERS_READ');

  it('has at most 1,000 items in a variable', async ({ server }) => {
    await expectAnswer(server, ISSUE, { input: { name: 'x', scopes: scopes(1_000) } });
    await expectRefusal(server, ISSUE, 'The variable "$input" has a list of 1001 items; at most 1000 are allowed.', {
      input: { name: 'x', scopes: scopes(1_001) },
    });
  });

  it('has at most 1,000 items also where the variable should be no list, or is a list of lists', async ({ server }) => {
    await expectRefusal(server, ISSUE, 'a list of 1001 items', { input: scopes(1_001) });
    await expectRefusal(server, ISSUE, 'a list of 1001 items', { input: { unknown: [[], [scopes(1_001)]] } });
    await expectAnswer(server, '{ __typename }', { undeclared: scopes(1_001) });
  });

  it('has at most 1,000 items in the document, also as a default', async ({ server }) => {
    const list = (count: number) => `[${scopes(count).join(' ')}]`;
    const literal = (count: number) =>
      `mutation { issueToken(input: { name: "x", scopes: ${list(count)} }) { secret } }`;
    const byDefault = (count: number) =>
      `mutation ($s: [Scope!]! = ${list(count)}) { issueToken(input: { name: "x", scopes: $s }) { secret } }`;
    for (const document of [literal, byDefault]) {
      await expectAnswer(server, document(1_000));
      await expectRefusal(server, document(1_001), 'a list of 1001 items; at most 1000');
    }
  });

  it('has at most 200 levels of nesting in a variable', async ({ server }) => {
    // As text: a value that deep cannot be written by a program that calls itself.
    const variables = `{"input":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const { status, errors } = await post(server, `{"query":${JSON.stringify(ISSUE)},"variables":${variables}}`, {
      authorization: `Bearer ${token.secret}`,
    });
    expect({ status, code: errors?.[0]?.extensions['code'] }).toEqual({ status: 200, code: 'OPERATION_TOO_COMPLEX' });
    expect(errors?.[0]?.message).toBe(
      'The variable "$input" has values inside one another; at most 200 levels are allowed.',
    );
  });

  it('of changes costs as many results as it has changes', async ({ server }) => {
    const apply = (fields: string, input = '$input') =>
      `mutation ${input === '$input' ? '($input: ApplyPointsInput!)' : ''} { applyPoints(input: ${input}) { results { ${fields} } } }`;
    const { id } = await server.user();
    const operation = { add: { user: { id }, points: 1 } };
    const posts = 'payload { user { posts(first: 100) { nodes { id title } } } }';
    // 10 × (1 + 1 + 1 + 1 + 100 × 3) and 1 for the field itself, over and over.
    await expectAnswer(server, apply(posts), { input: { operations: Array(10).fill(operation) } });
    await expectRefusal(server, apply(posts), 'cost of ', { input: { operations: Array(1_000).fill(operation) } });
    const written = `{ operations: [${times(100, () => `{ add: { user: { id: "${id}" }, points: 1 } }`)}] }`;
    const wide = posts.replace('title', 'title body createdAt updatedAt');
    await expectRefusal(server, apply(wide, written), 'cost of ');
    const byVariable = `mutation ($o: [PointsOperation!]!) { applyPoints(input: { operations: $o }) { results { ${posts} } } }`;
    await expectRefusal(server, byVariable, 'cost of ', { o: Array(1_000).fill(operation) });
    await expectAnswer(server, byVariable, { o: [operation] });
    await expectAnswer(server, byVariable, { o: operation });
  });
});
