import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, app, createSample } from './sample.js';

const extension = `
  input IssueInput { scopes: [Scope!]  name: String }
  extend type Mutation { issue(input: IssueInput!): Int @auth(scope: TOKENS_WRITE) }
`;
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

describe('Judging an operation', () => {
  let asked = 0;
  const grants = {
    'IssueInput.scopes': (scope: unknown) => {
      asked++;
      return [String(scope)];
    },
  };
  const { policy } = createSample({ extension, grants });
  const judge = async (source: string, variables: object, caller = anonymous()) => {
    asked = 0;
    const verdict = await policy.judge({ document: parse(source), variables: { ...variables }, context: caller });
    return verdict.allowed ? [] : verdict.denials;
  };
  const scopes = Array.from({ length: 60_000 }, (_, index) => (index % 2 === 0 ? 'POSTS_READ' : 'ADMIN'));

  it.each([
    ['a list', '$v: [Scope!]', 'input: { scopes: $v }', scopes],
    ['an input object', '$v: IssueInput!', 'input: $v', { scopes }],
  ])(
    'asks once for each distinct item of %s, however long it is and however many fields use it',
    async (_what, definition, argument, v) => {
      const source = `mutation (${definition}) { ${times(50, (index) => `a${index}: issue(${argument})`)} }`;
      const denials = await judge(source, { v });
      expect(asked).toBe(2);
      expect(denials.map(({ coordinate, locations }) => [coordinate, locations.length])).toEqual([
        ['Mutation.issue', 50],
        ['IssueInput.scopes', 50],
      ]);
      expect(denials[1]?.requiredScopes).toEqual(['POSTS_READ', 'ADMIN']);
    },
  );

  it('tells one denial for a coordinate that thousands of items of a list are refused for', async () => {
    const both = Array.from({ length: 20_000 }, () => ({ email: 'a' }));
    const denials = await judge(
      'query ($w: UserFilter) { users(where: $w) { name } }',
      { w: { both } },
      app('USERS_READ'),
    );
    expect(denials.map(({ coordinate, locations }) => [coordinate, locations.length])).toEqual([
      ['UserFilter.email', 1],
    ]);
  });

  it('tells the place of a literal list once, however long it is', async () => {
    const list = `[${times(1_000, () => 'ADMIN')}]`;
    const denials = await judge(`mutation { issue(input: { scopes: ${list} }) }`, {}, app('TOKENS_WRITE'));
    expect(denials).toMatchObject([{ coordinate: 'IssueInput.scopes', locations: [{ line: 1, column: 27 }] }]);
  });

  it('tells the place of a field once that a fragment brings to it again and again', async () => {
    const source = `{ ${times(50, (index) => `a${index}: me { ...F }`)} } fragment F on User { email }`;
    const denials = await judge(source, {}, app('USERS_READ'));
    expect(denials).toMatchObject([{ coordinate: 'User.email', locations: [{}] }]);
    expect(denials[0]?.locations).toHaveLength(1);
  });
});
