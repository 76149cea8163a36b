import type { GraphQLSchema } from 'graphql';
import { ArgumentChecks, type CheckedCoordinates } from './argument-checks.js';
import { type Grant, InputRequirements } from './input-requirements.js';
import { type OwnerPaths, resolveOwnerPaths } from './owner-path.js';
import { Requirements } from './requirement.js';
import { readRules } from './rule.js';

/** A schema with its rules compiled: all that the later phases know of it. */
export interface CompiledSchema {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  readonly ownerPaths: OwnerPaths;
  readonly inputs: InputRequirements;
  readonly argumentChecks: ArgumentChecks;
}

/** What a policy has beside its schema. */
interface CompileOptions extends CheckedCoordinates {
  /** The coordinates of the owner look-ups. */
  readonly lookups: readonly string[];
  readonly grants: Readonly<Record<string, Grant>>;
}

/** @throws {Error} where a rule, an owner path, a grant or a delegation is missing or invalid, naming all of them. */
export function compileSchema(schema: GraphQLSchema, options: CompileOptions): CompiledSchema {
  const { lookups, grants } = options;
  const rules = readRules(schema);
  const requirements = new Requirements(rules);
  const ownerPaths = resolveOwnerPaths(schema, rules, lookups);
  return {
    schema,
    requirements,
    ownerPaths,
    inputs: new InputRequirements(schema, requirements, grants),
    argumentChecks: new ArgumentChecks(schema, options),
  };
}
