import { type GraphQLResolveInfo, Kind, type SelectionNode } from 'graphql';

/**
 * Makes the test whether a field selects one of these, at any depth, so that what is not selected need not be read. It
 * ignores types and conditions, and so may say yes where the answer is no.
 */
export function createSelects(...names: readonly string[]): (info: GraphQLResolveInfo) => boolean {
  const known = new WeakMap<SelectionNode, boolean>();

  function selects(node: SelectionNode, fragments: GraphQLResolveInfo['fragments']): boolean {
    const isSelected = known.get(node) ?? look(node, fragments);
    known.set(node, isSelected);
    return isSelected;
  }

  function look(node: SelectionNode, fragments: GraphQLResolveInfo['fragments']): boolean {
    if (node.kind === Kind.FIELD && names.includes(node.name.value)) return true;
    const { selectionSet } = node.kind === Kind.FRAGMENT_SPREAD ? (fragments[node.name.value] ?? {}) : node;
    return selectionSet?.selections.some((selection) => selects(selection, fragments)) ?? false;
  }

  return ({ fieldNodes, fragments }) => fieldNodes.some((node) => selects(node, fragments));
}
