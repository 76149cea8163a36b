import {
  type ASTNode,
  type ConstDirectiveNode,
  type ConstValueNode,
  type GraphQLField,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isScalarType,
  isUnionType,
  Kind,
} from 'graphql';

/** What one `@auth` says, before rules add up. */
export interface Rule {
  /** Names of the enum `Scope`, each once. */
  readonly scopes: readonly string[];
  /** Where the owner is named; absent: owners have no privilege. */
  readonly owner?: string;
  /** The only kind of credential that passes; absent: any. */
  readonly kind?: 'APP' | 'USER';
  /** Where it stands, for messages: `schema/users.graphql:12`. */
  readonly place: string;
}

/** All that the directives of a schema say. */
export interface RuleBook {
  /** The names of the enum `Scope`, in its order. */
  readonly scopes: readonly string[];
  /** Every `@auth`, by the schema coordinate that it stands on. */
  readonly rules: ReadonlyMap<string, Rule>;
}

/**
 * Reads every `@auth` and `@public` from the schema's syntax trees, so that the enum's internal values do not matter.
 *
 * @throws {Error} naming, with coordinate, file and line, each output field that has no directive on itself or its type,
 *   each directive that cannot be understood or has no effect where it stands: a policy with a hole does not build.
 */
export function readRules(schema: GraphQLSchema): RuleBook {
  const scopeType = schema.getType('Scope');
  const scopes = isEnumType(scopeType) ? scopeType.getValues().map((value) => value.name) : [];
  const rules = new Map<string, Rule>();
  const problems: string[] = [];

  /** Files the rule of one coordinate; answers whether anything was said there. */
  const read = (coordinate: string, nodes: readonly Annotated[], allowed: Allowed): boolean => {
    const [first, second] = nodes.flatMap((node) => node?.directives ?? []).filter(isPolicyDirective);
    if (first === undefined) return false;
    try {
      if (second) throw new Error('carries more than one of @auth and @public');
      if (allowed === 'NOTHING') throw new Error(`carries @${first.name.value}, which has no effect here`);
      if (first.name.value === 'auth') rules.set(coordinate, parseRule(first, scopes, allowed));
      else if (allowed !== 'OUTPUT_FIELD' && allowed !== 'OUTPUT_TYPE')
        throw new Error('carries @public: no effect here');
    } catch (error) {
      problems.push(`${placeOf(second ?? first)}${coordinate} ${error instanceof Error ? error.message : error}`);
    }
    return true;
  };

  const readField = (typeName: string, field: GraphQLField<unknown, unknown>, typeSpeaks: boolean): void => {
    const coordinate = `${typeName}.${field.name}`;
    if (!read(coordinate, [field.astNode], 'OUTPUT_FIELD') && !typeSpeaks) {
      problems.push(
        `${placeOf(field.astNode)}${coordinate} has neither @auth nor @public, on itself or on ${typeName}`,
      );
    }
    for (const argument of field.args) read(`${coordinate}(${argument.name}:)`, [argument.astNode], 'INPUT');
  };

  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    const nodes = [type.astNode, ...type.extensionASTNodes];
    if (isScalarType(type) || isEnumType(type)) {
      read(type.name, nodes, 'LEAF_TYPE');
      if (isEnumType(type)) {
        for (const value of type.getValues()) read(`${type.name}.${value.name}`, [value.astNode], 'NOTHING');
      }
    } else if (isInputObjectType(type)) {
      read(type.name, nodes, 'NOTHING');
      for (const field of Object.values(type.getFields())) read(`${type.name}.${field.name}`, [field.astNode], 'INPUT');
    } else if (isUnionType(type)) {
      read(type.name, nodes, 'NOTHING');
    } else {
      const typeSpeaks = read(type.name, nodes, 'OUTPUT_TYPE');
      for (const field of Object.values(type.getFields())) readField(type.name, field, typeSpeaks);
    }
  }
  refuseToBuild(problems);
  return { scopes, rules };
}

/** Stops the build with all problems in one message; without any it does nothing. */
export function refuseToBuild(problems: readonly string[]): void {
  if (problems.length > 0)
    throw new Error(`The policy does not build:\n${problems.map((text) => `- ${text}`).join('\n')}`);
}

/** What a coordinate may carry. An owner needs an output field: only there a path has a place to start from. */
type Allowed = 'OUTPUT_FIELD' | 'OUTPUT_TYPE' | 'LEAF_TYPE' | 'INPUT' | 'NOTHING';
type Annotated = { readonly directives?: readonly ConstDirectiveNode[] } | null | undefined;

function isPolicyDirective(directive: ConstDirectiveNode): boolean {
  return directive.name.value === 'auth' || directive.name.value === 'public';
}

function parseRule(directive: ConstDirectiveNode, known: readonly string[], allowed: Allowed): Rule {
  const given = new Map((directive.arguments ?? []).map((argument) => [argument.name.value, argument.value]));
  const [scope, owner, kind] = ['scope', 'owner', 'kind'].map((name) => given.get(name));
  const stranger = [...given.keys()].find((name) => !['scope', 'owner', 'kind'].includes(name));
  if (stranger) throw new Error(`gives @auth an argument "${stranger}", which it does not have`);

  const scopes = scope ? parseScopes(scope, known) : [];
  if (kind && !(kind.kind === Kind.ENUM && (kind.value === 'APP' || kind.value === 'USER'))) {
    throw new Error('names a kind that is neither APP nor USER');
  }
  if (owner) {
    if (owner.kind !== Kind.STRING || owner.value === '') throw new Error('has an owner that is no path');
    if (allowed !== 'OUTPUT_FIELD') throw new Error('has an owner, which only an output field can have');
    if (scopes.length === 0) throw new Error('has an owner but no scope: whom would it spare what?');
    if (kind?.kind === Kind.ENUM && kind.value === 'APP') throw new Error('has an owner, which an app token never is');
  }
  return {
    scopes,
    ...(owner?.kind === Kind.STRING && { owner: owner.value }),
    ...(kind?.kind === Kind.ENUM && { kind: kind.value === 'APP' ? 'APP' : 'USER' }),
    place: placeOf(directive),
  };
}

function parseScopes(value: ConstValueNode, known: readonly string[]): string[] {
  const items = value.kind === Kind.LIST ? value.values : [value];
  if (items.length === 0) throw new Error('has an empty list of scopes, which would let everybody in');
  const names = items.map((item) => {
    if (item.kind !== Kind.ENUM) throw new Error('has a scope that is no value of the enum Scope');
    if (!known.includes(item.value)) throw new Error(`names a scope ${item.value}, which the enum Scope does not have`);
    return item.value;
  });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`names the scope ${twice} twice`);
  return names;
}

/** `schema/users.graphql:12 `, or nothing where the syntax tree has no locations. */
function placeOf(node: ASTNode | null | undefined): string {
  return node?.loc ? `${node.loc.source.name}:${node.loc.startToken.line} ` : '';
}
