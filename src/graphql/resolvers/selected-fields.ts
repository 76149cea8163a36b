import { type GraphQLResolveInfo, Kind, type SelectionNode } from 'graphql';

/**
 * Makes the test whether a field asks for one of these, at any depth: what nobody asks for need not be read. It errs on
 * the side of yes, since it heeds neither types nor conditions.
 */
export function createAsksFor(...names: readonly string[]): (info: GraphQLResolveInfo) => boolean {
  const known = new WeakMap<SelectionNode, boolean>();

  function asks(node: SelectionNode, fragments: GraphQLResolveInfo['fragments']): boolean {
    const answer = known.get(node) ?? look(node, fragments);
    known.set(node, answer);
    return answer;
  }

  function look(node: SelectionNode, fragments: GraphQLResolveInfo['fragments']): boolean {
    if (node.kind === Kind.FIELD && names.includes(node.name.value)) return true;
    const { selectionSet } = node.kind === Kind.FRAGMENT_SPREAD ? (fragments[node.name.value] ?? {}) : node;
    return selectionSet?.selections.some((selection) => asks(selection, fragments)) ?? false;
  }

  return ({ fieldNodes, fragments }) => fieldNodes.some((node) => asks(node, fragments));
}
