import { getNamedType, getNullableType, isEnumType, isIntrospectionType, isListType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../src/graphql/build-schema.js';
import { createListArguments, createListBounds } from '../../src/graphql/list-bounds.js';

describe('A list in the schema', () => {
  const schema = buildSchema();
  const boundOf = createListBounds(schema);
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type))
    .filter(isObjectType);
  const fields = types.flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));
  const lists = fields.filter(({ field }) => isListType(getNullableType(field.type)));

  it('has a bound: its own, that of each field which returns its type, or the number of values of its enum', () => {
    const unbounded = lists.flatMap(({ type, field }) => {
      if (isEnumType(getNamedType(field.type)) || boundOf(type.name, field.name)) return [];
      const leading = fields.filter((other) => getNamedType(other.field.type) === type);
      return leading
        .filter((other) => boundOf(other.type.name, other.field.name) === undefined)
        .map((other) => `${other.type.name}.${other.field.name} leads to ${type.name}.${field.name}`);
    });
    expect(lists.length).toBeGreaterThan(10);
    expect(unbounded).toEqual([]);
  });

  it('that is bounded by an argument is bounded by one of its field', () => {
    const byArgument = fields.flatMap(({ type, field }) => {
      const bound = boundOf(type.name, field.name);
      return bound?.kind === 'ARGUMENT' ? [{ field, argument: bound.path[0] }] : [];
    });
    expect(byArgument.length).toBeGreaterThan(10);
    for (const { field, argument } of byArgument) expect(field.args.map(({ name }) => name)).toContain(argument);
  });

  it('of an argument is found at any depth', () => {
    const listsOf = createListArguments(schema);
    const found = fields.flatMap(({ type, field }) =>
      listsOf(type.name, field.name).map((path) => `${type.name}.${field.name}(${path.join('.')})`),
    );
    expect(found.sort()).toEqual([
      'Mutation.addPoints(input.metadata)',
      'Mutation.applyPoints(input.operations)',
      'Mutation.captureHold(input.metadata)',
      'Mutation.createUser(input.externalIds)',
      'Mutation.createWebhook(input.events)',
      'Mutation.holdPoints(input.metadata)',
      'Mutation.issueToken(input.documents)',
      'Mutation.issueToken(input.networks)',
      'Mutation.issueToken(input.scopes)',
      'Mutation.reversePoints(input.metadata)',
      'Mutation.spendPoints(input.metadata)',
      'Mutation.transferPoints(input.metadata)',
      'Mutation.updateToken(input.networks)',
      'Mutation.updateWebhook(input.events)',
      'Query.pointsEntries(filter.kinds)',
      'User.pointsHistory(filter.kinds)',
    ]);
  });
});
