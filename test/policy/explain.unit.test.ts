import { type GraphQLSchema, isInputObjectType, isObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, createSample } from './sample.js';

describe('The description of a coordinate', () => {
  const { policy } = createSample({
    extension: `
      extend type Query {
        "Both."
        both: Int @auth(scope: [USERS_READ, POINTS_READ])
        """
        Several lines,
        and an end.
        """
        long(by: MemberBy): User @auth(scope: [POINTS_READ], owner: "by")
        three: Int @auth(scope: [ADMIN, USERS_READ, POINTS_READ], kind: APP)
        own(by: MemberBy): Int @auth(scope: POINTS_READ, owner: "by", kind: USER)
      }
    `,
  });

  it.each([
    ['Query.admin', 'Requires `admin`.'],
    ['Query.both', 'Both. Requires `users:read` and `points:read`.'],
    ['Query.three', 'Requires an app token with `users:read`, `points:read` and `admin`.'],
    ['Query.member', 'Requires `users:read`, unless the caller is the owner.'],
    [
      'Query.long',
      'Several lines,\nand an end. Requires `users:read`; and `points:read`, unless the caller is the owner.',
    ],
    ['Query.own', 'Requires a session with `points:read`, unless the caller is the owner.'],
    ['Query.anyone', 'Requires a credential.'],
    ['Query.session', 'Requires a session.'],
    ['Query.ping', undefined],
    ['Member.points', 'Requires `points:read`, unless the caller is the owner.'],
    ['User.balance', 'Requires `users:read` and `points:read`.'],
    ['UserFilter.email', 'Requires `users:email`.'],
  ])('of %s ends with what it requires', (coordinate, description) => {
    expect(fieldOf(policy.schema, coordinate)?.description ?? undefined).toBe(description);
  });

  it('of an argument ends with what it requires', () => {
    const field = fieldOf(policy.schema, 'Query.search');
    const described =
      field && 'args' in field ? field.args.map((argument) => [argument.name, argument.description]) : [];
    expect(described).toEqual([
      ['text', undefined],
      ['deep', 'Requires `admin`.'],
    ]);
  });
});

function fieldOf(schema: GraphQLSchema, coordinate: string) {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  return isObjectType(type) || isInputObjectType(type) ? type.getFields()[fieldName] : undefined;
}

describe('The scopes that an operation requires', () => {
  const { policy } = createSample();

  it('are known without a caller, field by field', () => {
    const document = parse('query($by: MemberBy) { ping member(by: $by) { points } me { email } }');
    expect(policy.requiredScopes(document)).toEqual({
      scopes: ['USERS_READ', 'USERS_EMAIL', 'POINTS_READ'],
      anyScopes: [],
      fields: [
        { coordinate: 'Query.ping', scopes: [], anyScopes: [], ownerAllowed: false, public: true },
        { coordinate: 'Query.member', scopes: ['USERS_READ'], anyScopes: [], ownerAllowed: true, public: false },
        { coordinate: 'Member.points', scopes: ['POINTS_READ'], anyScopes: [], ownerAllowed: true, public: false },
        { coordinate: 'Query.me', scopes: ['USERS_READ'], anyScopes: [], ownerAllowed: false, public: false },
        {
          coordinate: 'User.email',
          scopes: ['USERS_READ', 'USERS_EMAIL'],
          anyScopes: [],
          ownerAllowed: false,
          public: false,
        },
      ],
    });
  });

  it('suffice to run it, and none of them can be left out', async () => {
    const document = parse('mutation { touch { id posts { draft } } addPoints(n: 1) }');
    const scopes = policy.requiredScopes(document)?.scopes ?? [];
    const decide = (held: readonly string[]) =>
      policy.decide({
        document,
        context: {
          caller: { kind: 'APP', scopes: held.map((name) => name.toLowerCase().replace('_', ':')), name: 'it' },
        },
      });
    expect(decide(scopes)).toEqual({ kind: 'ALLOWED' });
    for (const scope of scopes)
      expect(decide(scopes.filter((other) => other !== scope))).toMatchObject({ kind: 'DENIED' });
  });

  it('are those of the least demanding type where a result may be of several, and of each type that is named', () => {
    const required = (source: string) => policy.requiredScopes(parse(source))?.scopes;
    expect(required('{ node(id: 1) { id } }')).toEqual([]);
    expect(required('{ hits { ... on User { email } ... on Post { body } } }')).toEqual([
      'USERS_READ',
      'USERS_EMAIL',
      'POSTS_READ',
    ]);
  });

  it('include fields that a variable may include, and arguments that are named', () => {
    const document = parse(
      'query($s: Boolean = true, $d: Boolean) { admin @skip(if: $s) search(deep: $d) @include(if: false) }',
    );
    expect(policy.requiredScopes(document)?.fields.map(({ coordinate }) => coordinate)).toEqual(['Query.admin']);
    const named = parse('query($d: Boolean, $e: String) { search(deep: $d) users(where: { email: $e }) { name } }');
    expect(policy.requiredScopes(named)?.scopes).toEqual(['USERS_READ', 'USERS_EMAIL', 'ADMIN']);
  });

  it('are those of the operation that is named', () => {
    const document = parse('query A { ping } query B { admin }');
    expect(policy.requiredScopes(document, 'B')?.scopes).toEqual(['ADMIN']);
    expect(policy.requiredScopes(document)).toBeUndefined();
    expect(policy.decide({ document, context: anonymous() })).toEqual({ kind: 'ALLOWED' }); // execution says which is missing
  });
});

describe('The matrix', () => {
  it('shows each field and each protected input as a row, each scope as a column', () => {
    const lines = createSample().policy.matrix().split('\n');
    expect(lines[0]).toBe(
      '| coordinate | credential | `users:read` | `users:email` | `posts:read` | `posts:draft` | `points:read` | `points:write` | `tokens:write` | `admin` |',
    );
    expect(lines).toContain('| `Member.points` | any |  |  |  |  | ○ |  |  |  |');
    expect(lines).toContain('| `User.balance` | any | ● |  |  |  | ● |  |  |  |');
    expect(lines).toContain('| `Query.app` | app token |  |  |  |  |  |  |  |  |');
    expect(lines).toContain('| `Query.ping` | none |  |  |  |  |  |  |  |  |');
    expect(lines).toContain('| `Query.search(deep:)` | any |  |  |  |  |  |  |  | ● |');
    expect(lines.join()).not.toContain('Query.search(text:)');
  });
});
