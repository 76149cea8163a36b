import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLDateTimeISO } from 'graphql-scalars';
import { MAX_POINTS } from '../points/limits.js';

/**
 * A whole number that JSON and JavaScript carry exactly. The built-in `Int` ends at 2^31-1; a string or a fraction is
 * refused, so that no client comes to depend on how it would be rounded.
 */
function wholeNumber(name: string, min: number): GraphQLScalarType<number, number> {
  const check = (value: unknown): number => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= MAX_POINTS) return value;
    throw new GraphQLError(`${name} takes a whole number from ${min} to ${MAX_POINTS}.`);
  };
  return new GraphQLScalarType<number, number>({
    name,
    serialize: check,
    parseValue: check,
    parseLiteral: (node: ValueNode) => check(node.kind === Kind.INT ? Number(node.value) : undefined),
  });
}

/** How the schema's scalars are read and written. */
export const scalars = {
  DateTime: new GraphQLScalarType<Date, string>({ ...GraphQLDateTimeISO.toConfig(), name: 'DateTime' }),
  Points: wholeNumber('Points', 0),
  PointsDelta: wholeNumber('PointsDelta', -MAX_POINTS),
};
