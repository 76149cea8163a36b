import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, app, createSample } from './sample.js';

const extension = `
  input IssueInput { scopes: [Scope!]  name: String }
  extend type Mutation { issue(input: IssueInput!): Int @auth(scope: TOKENS_WRITE) }
`;
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

describe('A decision on an operation', () => {
  let calls = 0;
  const grants = {
    'IssueInput.scopes': (scope: unknown) => {
      calls++;
      return [String(scope)];
    },
  };
  const { policy } = createSample({ extension, grants });
  const decide = async (source: string, variables: object, caller = anonymous()) => {
    calls = 0;
    const decision = await policy.decide({ document: parse(source), variables: { ...variables }, context: caller });
    return decision.kind === 'ALLOWED' ? [] : decision.denials;
  };
  const scopes = Array.from({ length: 60_000 }, (_, index) => (index % 2 === 0 ? 'POSTS_READ' : 'ADMIN'));

  it.each([
    ['a list', '$v: [Scope!]', 'input: { scopes: $v }', scopes],
    ['an input object', '$v: IssueInput!', 'input: $v', { scopes }],
  ])(
    'calls the grant once for each distinct item of %s, for any length and any number of fields that use it',
    async (_what, definition, argument, v) => {
      const source = `mutation (${definition}) { ${times(50, (index) => `a${index}: issue(${argument})`)} }`;
      const denials = await decide(source, { v });
      expect(calls).toBe(2);
      expect(denials.map(({ coordinate, locations }) => [coordinate, locations.length])).toEqual([
        ['Mutation.issue', 50],
        ['IssueInput.scopes', 50],
      ]);
      expect(denials[1]?.requiredScopes).toEqual(['POSTS_READ', 'ADMIN']);
    },
  );

  it('has one denial for a coordinate in thousands of items of a list', async () => {
    const both = Array.from({ length: 20_000 }, () => ({ email: 'a' }));
    const denials = await decide(
      'query ($w: UserFilter) { users(where: $w) { name } }',
      { w: { both } },
      app('USERS_READ'),
    );
    expect(denials.map(({ coordinate, locations }) => [coordinate, locations.length])).toEqual([
      ['UserFilter.email', 1],
    ]);
  });

  it('has one position for a literal list of any length', async () => {
    const list = `[${times(1_000, () => 'ADMIN')}]`;
    const denials = await decide(`mutation { issue(input: { scopes: ${list} }) }`, {}, app('TOKENS_WRITE'));
    expect(denials).toMatchObject([{ coordinate: 'IssueInput.scopes', locations: [{ line: 1, column: 27 }] }]);
  });

  it('has one position for a field of a fragment that is spread often', async () => {
    const source = `{ ${times(50, (index) => `a${index}: me { ...F }`)} } fragment F on User { email }`;
    const denials = await decide(source, {}, app('USERS_READ'));
    expect(denials).toMatchObject([{ coordinate: 'User.email', locations: [{}] }]);
    expect(denials[0]?.locations).toHaveLength(1);
  });
});
