import type { ArgumentNode, FieldNode, GraphQLField, GraphQLInputType, ObjectFieldNode } from 'graphql';
import type { ArgumentCheck } from '../compile/argument-checks.js';
import type { Permissions } from '../compile/permissions.js';
import type { Requirement } from '../compile/requirement.js';

/** All that an operation uses and what that needs, independent of the caller. */
export interface Plan {
  /** The fields that it selects, and the arguments and input fields that it gives in its text. */
  readonly usages: readonly Usage[];
  /** The arguments and input fields that its variables give. */
  readonly variableInputs: readonly VariableInput[];
  /** The fields whose arguments are checked as a whole. */
  readonly checkedFields: readonly CheckedField[];
  /** All that the field guards may ask for, because it depends on the result. A caller who holds it all is never asked. */
  readonly deferred: Permissions;
}

/** One coordinate that an operation uses. */
export interface Usage {
  readonly coordinate: string;
  /** Meeting one of them is enough. There are several only where the result may be of several types. */
  readonly alternatives: readonly Requirement[];
  readonly nodes: ReadonlySet<UsageNode>;
  /** Whether every result leads here. Otherwise it depends on the result, and the field guards decide. */
  readonly isCertain: boolean;
  /** The field, where its one object type is known. */
  readonly field?: GraphQLField<unknown, unknown>;
}

/**
 * A variable at one coordinate of an argument, an input field or an item of its list. What it gives there shows only in
 * its value, which is walked once, however often the operation uses the variable there.
 */
export interface VariableInput {
  readonly variable: string;
  readonly coordinate: string;
  readonly type: GraphQLInputType;
  readonly needs: Permissions;
  /** All that some value could need. */
  readonly potential: Permissions;
  readonly nodes: ReadonlySet<UsageNode>;
}

/** A field whose arguments are checked once all values are known. */
export interface CheckedField extends ArgumentCheck {
  readonly coordinate: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly needs: Requirement;
  readonly nodes: ReadonlySet<FieldNode>;
}

export type UsageNode = FieldNode | ArgumentNode | ObjectFieldNode;

/** A usage or a variable's input at one node, before those of the same coordinate are collected. */
export type AtNode<Item> = Omit<Item, 'nodes'> & { readonly node: UsageNode };
