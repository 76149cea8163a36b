import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { app, createSample, deniedCoordinates, user } from './sample.js';

const extension = `
  input IssueInput { name: String  scopes: [Scope!]  tasks: [String!] }
  extend type Mutation { issue(input: IssueInput!): Int @auth(scope: TOKENS_WRITE) }
`;

/** The scopes that tasks name, separated by "or" where one is enough; none where scopes are named. */
function createGrants(seen: unknown[] = []) {
  return {
    'IssueInput.tasks': (input: Readonly<Record<string, unknown>>, holds: (scope: string) => boolean) => {
      seen.push(input);
      if (Object.hasOwn(input, 'scopes') && input['scopes'] !== null) return [];
      const tasks = [input['tasks']].flat().map(String);
      return tasks.map((task) => {
        const some = task.split(' or ');
        return some.find(holds) ?? some[0] ?? '';
      });
    },
  };
}

describe('An input object that grants scopes as a whole', () => {
  const { ask, policy } = createSample({ extension, derivedGrants: createGrants() });

  it.each([
    ['a literal', 'mutation { issue(input: { tasks: ["ADMIN"] }) }', {}],
    ['a literal that is no list', 'mutation { issue(input: { tasks: "ADMIN" }) }', {}],
    ['a whole variable', 'mutation($i: IssueInput!) { issue(input: $i) }', { i: { tasks: ['ADMIN'], scopes: null } }],
    ['a variable in a literal', 'mutation($t: [String!]) { issue(input: { tasks: $t }) }', { t: ['ADMIN'] }],
    ['an item of a list', 'mutation($t: String!) { issue(input: { tasks: ["POSTS_READ", $t] }) }', { t: 'ADMIN' }],
    ['the default of a variable', 'mutation($t: [String!] = ["ADMIN"]) { issue(input: { tasks: $t }) }', {}],
  ])('needs them of the caller, in %s', async (_, source, variables) => {
    const less = await ask(source, app('TOKENS_WRITE', 'POSTS_READ'), { variables });
    expect(less.decision).toMatchObject({
      denials: [{ coordinate: 'IssueInput.tasks', missingScopes: ['ADMIN'] }],
      requiredScopes: expect.arrayContaining(['TOKENS_WRITE', 'ADMIN']),
    });
    expect(deniedCoordinates(await ask(source, app('TOKENS_WRITE', 'POSTS_READ', 'ADMIN'), { variables }))).toEqual([]);
  });

  it('needs none where the object says otherwise, also by a variable', async () => {
    const literal = 'mutation { issue(input: { tasks: ["ADMIN"], scopes: [POSTS_READ] }) }';
    expect(deniedCoordinates(await ask(literal, app('TOKENS_WRITE', 'POSTS_READ')))).toEqual([]);
    const variable = 'mutation($s: [Scope!]) { issue(input: { tasks: ["ADMIN"], scopes: $s }) }';
    const asked = async (variables: object) =>
      deniedCoordinates(await ask(variable, app('TOKENS_WRITE', 'POSTS_READ'), { variables: { ...variables } }));
    expect(await asked({ s: ['POSTS_READ'] })).toEqual([]);
    expect(await asked({ s: null })).toEqual(['IssueInput.tasks']);
    expect(await asked({})).toEqual(['IssueInput.tasks']);
  });

  it('can choose what the caller holds', async () => {
    const source = 'mutation { issue(input: { tasks: ["USERS_READ or POSTS_READ"] }) }';
    expect(deniedCoordinates(await ask(source, app('TOKENS_WRITE', 'POSTS_READ')))).toEqual([]);
    const { decision } = await ask(source, app('TOKENS_WRITE'));
    expect(decision).toMatchObject({ denials: [{ missingScopes: ['USERS_READ'] }] });
  });

  it('is asked only where all else is allowed, owners included', async () => {
    const seen: unknown[] = [];
    const sample = createSample({ extension, derivedGrants: createGrants(seen) });
    const source = 'mutation { issue(input: { tasks: ["ADMIN"] }) write(input: { id: "b1" }) }';
    expect(deniedCoordinates(await sample.ask(source, app('POSTS_DRAFT')))).toEqual(['Mutation.issue']);
    expect(deniedCoordinates(await sample.ask(source, user('ada', 'TOKENS_WRITE')))).toEqual(['Mutation.write']);
    expect(seen).toEqual([]);
    expect(deniedCoordinates(await sample.ask(source, user('bob', 'TOKENS_WRITE')))).toEqual(['IssueInput.tasks']);
    expect(seen).toHaveLength(1);
  });

  it('is asked in an execution without a decision beforehand', async () => {
    const run = (tasks: string[]) =>
      execute({
        schema: policy.schema,
        document: parse('mutation($i: IssueInput!) { issue(input: $i) }'),
        variableValues: { i: { tasks } },
        contextValue: app('TOKENS_WRITE', 'POSTS_READ'),
      });
    expect((await run(['POSTS_READ'])).errors).toBeUndefined();
    expect((await run(['ADMIN'])).errors).toMatchObject([{ extensions: { coordinate: 'IssueInput.tasks' } }]);
  });

  it.each([
    ['in the text', 'mutation { issue(input: { tasks: ["ADMIN"] }) }', ['TOKENS_WRITE', 'ADMIN']],
    [
      'beside a variable',
      'mutation($n: String) { issue(input: { name: $n, tasks: ["ADMIN"] }) }',
      ['TOKENS_WRITE', 'ADMIN'],
    ],
    ['by a variable, which is unknown', 'mutation($t: [String!]) { issue(input: { tasks: $t }) }', ['TOKENS_WRITE']],
    [
      'of which one is enough',
      'mutation { issue(input: { tasks: "POSTS_READ or ADMIN" }) }',
      ['POSTS_READ', 'TOKENS_WRITE'],
    ],
    [
      'where scopes are unknown',
      'mutation($s: [Scope!]) { issue(input: { tasks: ["ADMIN"], scopes: $s }) }',
      ['TOKENS_WRITE'],
    ],
  ])('is among the required scopes of an operation that has it %s', (_, source, scopes) => {
    expect(policy.requiredScopes(parse(source))?.scopes).toEqual(scopes);
  });

  it('cannot stand at a coordinate that is no input field', () => {
    expect(() => createSample({ derivedGrants: { 'Mutation.touch': () => [] } })).toThrow(
      'Mutation.touch has a derived grant, but is no input field',
    );
  });
});
