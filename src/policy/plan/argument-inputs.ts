import {
  type ArgumentNode,
  type GraphQLField,
  type GraphQLInputType,
  getNullableType,
  isInputObjectType,
  isListType,
  Kind,
  type ObjectFieldNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import type { InputRequirements } from '../compile/input-requirements.js';
import { NONE, type Permissions, union } from '../compile/permissions.js';
import { requirementOf } from '../compile/requirement.js';
import type { AtNode, Usage, VariableInput } from './plan.js';

/** What an argument of a field gives: in its text, and by the variables in it. */
export interface ArgumentInputs {
  readonly usages: AtNode<Usage>[];
  readonly variableInputs: AtNode<VariableInput>[];
}

/** An argument, an input field or an item of its list in the document. */
interface Input {
  readonly coordinate: string;
  readonly needs: Permissions;
  readonly type: GraphQLInputType;
  readonly node: ArgumentNode | ObjectFieldNode;
}

/**
 * Finds all protected inputs that one argument gives, null included. Linear in the argument.
 *
 * @param use the coordinate of the field as the document sees it, and what the argument needs there.
 */
export function inputsOf(
  field: GraphQLField<unknown, unknown>,
  node: ArgumentNode,
  use: { readonly coordinate: string; readonly needs: Permissions; readonly inputs: InputRequirements },
): ArgumentInputs {
  const found: ArgumentInputs = { usages: [], variableInputs: [] };
  const argument = field.args.find(({ name }) => name === node.name.value);
  if (argument) {
    const coordinate = `${use.coordinate}(${argument.name}:)`;
    walk(node.value, { coordinate, needs: use.needs, node, type: argument.type }, { found, inputs: use.inputs });
  }
  return found;
}

function walk(
  value: ValueNode,
  input: Input,
  into: { readonly found: ArgumentInputs; readonly inputs: InputRequirements },
): void {
  const { found, inputs } = into;
  const { coordinate, node } = input;
  const type = getNullableType(input.type);
  if (value.kind === Kind.VARIABLE) {
    const potential = union([input.needs, inputs.potential(coordinate, type)]);
    if (potential !== NONE) found.variableInputs.push({ ...input, variable: value.name.value, potential });
    return;
  }
  const granted = inputs.hasGrant(coordinate, type)
    ? inputs.granted({ coordinate, type, value: valueFromASTUntyped(value), isCoerced: false })
    : NONE;
  const needs = union([input.needs, granted]);
  if (needs !== NONE) found.usages.push({ coordinate, alternatives: [requirementOf(needs)], node, isCertain: true });
  if (isListType(type)) {
    const items = value.kind === Kind.LIST ? value.values : [value]; // a single value stands for a list of one
    for (const item of items) walk(item, { coordinate, needs: NONE, node, type: type.ofType }, into);
  } else if (isInputObjectType(type) && value.kind === Kind.OBJECT) {
    for (const inner of value.fields) {
      const field = type.getFields()[inner.name.value];
      if (field) walk(inner.value, { ...inputs.field(type.name, field), node: inner, type: field.type }, into);
    }
  }
}
