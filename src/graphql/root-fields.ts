import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';

type Values = Readonly<Record<string, unknown>>;

/** The root fields that an operation can select, by their keys in the response: as if every condition were met. */
export function rootFields(document: DocumentNode, operation: OperationDefinitionNode): ReadonlyMap<string, FieldNode> {
  return collectRootFields(document, operation, () => true);
}

/** The root fields that an operation selects, by their keys in the response. `@skip` and `@include` count. */
export function selectedRootFields(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Values,
): ReadonlyMap<string, FieldNode> {
  const values = withDefaults(operation, variables);
  return collectRootFields(document, operation, (directives) => isSelected(directives, values));
}

function collectRootFields(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  isMet: (directives: readonly DirectiveNode[] | undefined) => boolean,
): ReadonlyMap<string, FieldNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const fields = new Map<string, FieldNode>();
  const spread = new Set<string>();

  const collect = ({ selections }: SelectionSetNode) => {
    for (const selection of selections) {
      if (!isMet(selection.directives)) continue;
      if (selection.kind === Kind.FIELD) fields.set((selection.alias ?? selection.name).value, selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) collect(fragment.selectionSet);
      }
    }
  };
  collect(operation.selectionSet);
  return fields;
}

function withDefaults({ variableDefinitions = [] }: OperationDefinitionNode, variables: Values): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const { variable, defaultValue } of variableDefinitions) {
    const name = variable.name.value;
    if (Object.hasOwn(variables, name)) values.set(name, variables[name]);
    else if (defaultValue !== undefined) values.set(name, valueFromASTUntyped(defaultValue));
  }
  return values;
}

/** Only booleans decide. Everything else selects, and execution reports it. */
function isSelected(directives: readonly DirectiveNode[] = [], values: ReadonlyMap<string, unknown>): boolean {
  return directives.every(({ name, arguments: given = [] }) => {
    if (name.value !== 'skip' && name.value !== 'include') return true;
    const condition = given.find((argument) => argument.name.value === 'if')?.value;
    if (condition === undefined) return true;
    const value = condition.kind === Kind.VARIABLE ? values.get(condition.name.value) : valueFromASTUntyped(condition);
    return value !== (name.value === 'skip');
  });
}
