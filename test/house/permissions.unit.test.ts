import { type DirectiveNode, type GraphQLField, Kind } from 'graphql';
import { expect, it } from 'vitest';
import { PERMISSIONS, type Permission } from '../../src/auth/permissions.js';
import { scopeNamed } from '../../src/auth/scope.js';
import { buildSchema } from '../../src/graphql/build-schema.js';

/** Mutations without a credential that could end before they change something, and `changePassword`, which ends its own. */
const UNCHECKED = ['signUp', 'logIn', 'renewSession', 'changePassword'];

const fields = Object.values(buildSchema().getMutationType()?.getFields() ?? {});

function argumentOf(directive: DirectiveNode | undefined, named: string) {
  return directive?.arguments?.find(({ name }) => name.value === named)?.value;
}

function permissionOf({ astNode }: GraphQLField<unknown, unknown>): Permission {
  const auth = astNode?.directives?.find(({ name }) => name.value === 'auth');
  const scope = argumentOf(auth, 'scope');
  const scopes = scope?.kind === Kind.LIST ? scope.values : scope === undefined ? [] : [scope];
  return {
    scopes: scopes.map((value) => scopeNamed(value.kind === Kind.ENUM ? value.value : '')),
    isOpenToOwner: argumentOf(auth, 'owner') !== undefined,
  };
}

it('Each mutation that checks its credential again requires what its @auth says', () => {
  const checked = fields.filter(({ name }) => !UNCHECKED.includes(name));
  expect(PERMISSIONS).toEqual(
    Object.fromEntries(checked.map((field) => [`Mutation.${field.name}`, permissionOf(field)])),
  );
});
