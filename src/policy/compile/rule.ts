import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isScalarType,
  isUnionType,
  Kind,
} from 'graphql';
import type { CredentialKind } from './permissions.js';
import { messageOfError, sourceLine, throwProblems } from './problems.js';

/** One `@auth`. */
export interface Rule {
  /** Names of the enum `Scope`, each once. */
  readonly scopes: readonly string[];
  /** Names of the enum `Scope`, two or more, of which one is needed; empty: there is no choice. */
  readonly anyScopes: readonly string[];
  /** The path to the owner, who needs none of the scopes; absent: owners have no privilege. */
  readonly owner?: string;
  /** The only kind of credential that passes; absent: any. */
  readonly kind?: CredentialKind;
  /** File and line, for messages: `schema/users.graphql:12 `. */
  readonly position: string;
}

/** All rules of a schema. */
export interface Rules {
  /** The names of the enum `Scope`, in its order. */
  readonly scopes: readonly string[];
  /** Every `@auth`, by the schema coordinate that carries it. */
  readonly byCoordinate: ReadonlyMap<string, Rule>;
}

/**
 * Reads every `@auth` and `@public` from the schema's syntax trees, so that the enum's internal values do not matter.
 *
 * @throws {Error} naming, with coordinate, file and line, each output field that has no directive on itself or its type,
 *   and each directive that is invalid or has no effect on its coordinate.
 */
export function readRules(schema: GraphQLSchema): Rules {
  const scopeType = schema.getType('Scope');
  const scopes = isEnumType(scopeType) ? scopeType.getValues().map((value) => value.name) : [];
  const reader = new RuleReader(scopes);
  for (const type of Object.values(schema.getTypeMap())) if (!isIntrospectionType(type)) reader.readType(type);
  throwProblems(reader.problems);
  return { scopes, byCoordinate: reader.rules };
}

/** What a coordinate may carry. Only an output field has a value or arguments in which an owner can be named. */
type Allowed = 'OUTPUT_FIELD' | 'OUTPUT_TYPE' | 'LEAF_TYPE' | 'INPUT' | 'NOTHING';
type DirectiveCarrier = { readonly directives?: readonly ConstDirectiveNode[] } | null | undefined;

class RuleReader {
  readonly rules = new Map<string, Rule>();
  readonly problems: string[] = [];
  readonly #scopes: readonly string[];

  constructor(scopes: readonly string[]) {
    this.#scopes = scopes;
  }

  readType(type: GraphQLNamedType): void {
    const nodes = [type.astNode, ...type.extensionASTNodes];
    if (isScalarType(type)) {
      this.#read(type.name, nodes, 'LEAF_TYPE');
    } else if (isEnumType(type)) {
      this.#read(type.name, nodes, 'LEAF_TYPE');
      for (const value of type.getValues()) this.#read(`${type.name}.${value.name}`, [value.astNode], 'NOTHING');
    } else if (isInputObjectType(type)) {
      this.#read(type.name, nodes, 'NOTHING');
      for (const field of Object.values(type.getFields())) {
        this.#read(`${type.name}.${field.name}`, [field.astNode], 'INPUT');
      }
    } else if (isUnionType(type)) {
      this.#read(type.name, nodes, 'NOTHING');
    } else {
      const isTypeAnnotated = this.#read(type.name, nodes, 'OUTPUT_TYPE');
      for (const field of Object.values(type.getFields())) this.#readField(type.name, field, isTypeAnnotated);
    }
  }

  #readField(typeName: string, field: GraphQLField<unknown, unknown>, isTypeAnnotated: boolean): void {
    const coordinate = `${typeName}.${field.name}`;
    if (!this.#read(coordinate, [field.astNode], 'OUTPUT_FIELD') && !isTypeAnnotated) {
      const line = sourceLine(field.astNode);
      this.problems.push(`${line}${coordinate} has neither @auth nor @public, on itself or on ${typeName}`);
    }
    for (const argument of field.args) this.#read(`${coordinate}(${argument.name}:)`, [argument.astNode], 'INPUT');
  }

  /** Reads the directive of one coordinate. Returns whether it has one. */
  #read(coordinate: string, nodes: readonly DirectiveCarrier[], allowed: Allowed): boolean {
    const [first, second] = nodes.flatMap((node) => node?.directives ?? []).filter(isPolicyDirective);
    if (first === undefined) return false;
    try {
      if (second) throw new Error('carries more than one of @auth and @public');
      if (allowed === 'NOTHING') throw new Error(`carries @${first.name.value}, which has no effect here`);
      if (first.name.value === 'auth') this.rules.set(coordinate, parseRule(first, this.#scopes, allowed));
      else if (allowed !== 'OUTPUT_FIELD' && allowed !== 'OUTPUT_TYPE') {
        throw new Error('carries @public, which has no effect here');
      }
    } catch (error) {
      this.problems.push(`${sourceLine(second ?? first)}${coordinate} ${messageOfError(error)}`);
    }
    return true;
  }
}

function isPolicyDirective(directive: ConstDirectiveNode): boolean {
  return directive.name.value === 'auth' || directive.name.value === 'public';
}

function parseRule(directive: ConstDirectiveNode, knownScopes: readonly string[], allowed: Allowed): Rule {
  const given = new Map((directive.arguments ?? []).map((argument) => [argument.name.value, argument.value]));
  const unknown = [...given.keys()].find((name) => !['scope', 'anyScope', 'owner', 'kind'].includes(name));
  if (unknown) throw new Error(`gives @auth an argument "${unknown}", which it does not have`);

  const all = parseScopes('scope', given.get('scope'), knownScopes);
  const any = parseScopes('anyScope', given.get('anyScope'), knownScopes);
  // A choice of one is none. One that a required scope meets adds nothing.
  const scopes = any.length === 1 ? [...new Set([...all, ...any])] : all;
  const anyScopes = any.some((scope) => scopes.includes(scope)) ? [] : any;
  const kind = parseKind(given.get('kind'));
  const owner = parseOwner(given.get('owner'));
  if (owner !== undefined) {
    if (allowed !== 'OUTPUT_FIELD') throw new Error('has an owner, which only an output field can have');
    if (scopes.length + anyScopes.length === 0) throw new Error('has an owner, which has no effect without a scope');
    if (kind === 'APP') throw new Error('has an owner, which an app token never is');
  }
  return {
    scopes,
    anyScopes,
    ...(owner !== undefined && { owner }),
    ...(kind && { kind }),
    position: sourceLine(directive),
  };
}

function parseScopes(argument: string, value: ConstValueNode | undefined, known: readonly string[]): string[] {
  if (value === undefined) return [];
  const items = value.kind === Kind.LIST ? value.values : [value];
  if (items.length === 0) throw new Error(`has an empty list of scopes; leave \`${argument}\` out`);
  const names = items.map((item) => {
    if (item.kind !== Kind.ENUM) throw new Error('has a scope that is no value of the enum Scope');
    if (!known.includes(item.value)) throw new Error(`names a scope ${item.value}, which the enum Scope does not have`);
    return item.value;
  });
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate) throw new Error(`names the scope ${duplicate} twice`);
  return names;
}

function parseKind(value: ConstValueNode | undefined): CredentialKind | undefined {
  if (value === undefined) return undefined;
  if (value.kind === Kind.ENUM && (value.value === 'APP' || value.value === 'USER')) return value.value;
  throw new Error('names a kind that is neither APP nor USER');
}

function parseOwner(value: ConstValueNode | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value.kind !== Kind.STRING || value.value === '') throw new Error('has an owner that is no path');
  return value.value;
}
