import { type DirectiveNode, type GraphQLField, type GraphQLInputField, isInputObjectType, Kind } from 'graphql';
import { expect, it } from 'vitest';
import { PERMISSIONS, type Permission } from '../../src/auth/permissions.js';
import { scopeNamed } from '../../src/auth/scope.js';
import { buildSchema } from '../../src/graphql/build-schema.js';

/** Mutations without a credential that could end before they change something, and `changePassword`, which ends its own. */
const UNCHECKED = ['signUp', 'logIn', 'renewSession', 'changePassword'];

const schema = buildSchema();
const fields = Object.values(schema.getMutationType()?.getFields() ?? {});

function argumentOf(directive: DirectiveNode | undefined, named: string) {
  return directive?.arguments?.find(({ name }) => name.value === named)?.value;
}

function permissionOf({ astNode }: GraphQLField<unknown, unknown> | GraphQLInputField): Permission {
  const auth = astNode?.directives?.find(({ name }) => name.value === 'auth');
  const scopesIn = (named: string) => {
    const value = argumentOf(auth, named);
    const values = value?.kind === Kind.LIST ? value.values : value === undefined ? [] : [value];
    return values.map((scope) => scopeNamed(scope.kind === Kind.ENUM ? scope.value : ''));
  };
  return {
    scopes: scopesIn('scope'),
    anyScopes: scopesIn('anyScope'),
    isOpenToOwner: argumentOf(auth, 'owner') !== undefined,
  };
}

it('Each mutation that checks its credential again requires what its @auth says', () => {
  const checked = fields.filter(({ name }) => !UNCHECKED.includes(name));
  expect(Object.fromEntries(Object.entries(PERMISSIONS).filter(([name]) => name.startsWith('Mutation.')))).toEqual(
    Object.fromEntries(checked.map((field) => [`Mutation.${field.name}`, permissionOf(field)])),
  );
});

it('Each field of an input that checks the credential again requires what its @auth says', () => {
  const coordinates = Object.keys(PERMISSIONS).filter((name) => !name.startsWith('Mutation.'));
  const inputFields = coordinates.map((coordinate) => {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    const field = isInputObjectType(type) ? type.getFields()[fieldName] : undefined;
    return [coordinate, field && permissionOf(field)];
  });
  expect(inputFields).not.toEqual([]);
  expect(Object.fromEntries(inputFields)).toEqual(
    Object.fromEntries(Object.entries(PERMISSIONS).filter(([name]) => coordinates.includes(name))),
  );
});
