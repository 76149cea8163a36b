import { type GraphQLResolveInfo, Kind, type SelectionNode } from 'graphql';

/** The fields that lead from a list to its items. */
const TO_ITEMS: readonly string[] = ['nodes', 'edges', 'node'];

/**
 * Makes the test whether a field selects one of these of its result, or of the items of its list, so that what is not
 * selected need not be read. It ignores types and conditions, and so may return true where none is selected.
 */
export function createSelects(...names: readonly string[]): (info: GraphQLResolveInfo) => boolean {
  const known = new WeakMap<SelectionNode, boolean>();

  function selects(node: SelectionNode, fragments: GraphQLResolveInfo['fragments']): boolean {
    const isSelected = known.get(node) ?? look(node, fragments);
    known.set(node, isSelected);
    return isSelected;
  }

  function look(node: SelectionNode, fragments: GraphQLResolveInfo['fragments']): boolean {
    const { selectionSet } = node.kind === Kind.FRAGMENT_SPREAD ? (fragments[node.name.value] ?? {}) : node;
    return (
      selectionSet?.selections.some((selection) => {
        if (selection.kind !== Kind.FIELD) return selects(selection, fragments);
        const name = selection.name.value;
        return names.includes(name) || (TO_ITEMS.includes(name) && selects(selection, fragments));
      }) ?? false
    );
  }

  return ({ fieldNodes, fragments }) => fieldNodes.some((node) => selects(node, fragments));
}
