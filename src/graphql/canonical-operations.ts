import { createHash } from 'node:crypto';
import { type DocumentNode, Kind, print, type SelectionNode, separateOperations, visit } from 'graphql';

/**
 * The SHA-256, in hexadecimal, of the canonical text of each operation of a document: the operation and the fragments that it
 * uses, each printed without comments and layout and without the `__typename` that a client's cache adds, sorted and joined
 * by a line feed. Hashes are made as they are asked for. None where two operations have one name.
 */
export function* canonicalHashes(document: DocumentNode): Generator<string> {
  const comparable = withoutTypenames(document);
  const operations = Object.values(separateOperations(comparable));
  // Operations of one name are invalid, and only the last of them is here: the others would not be compared.
  if (operations.length !== countOperations(document)) return;
  // Printed once each: 300 operations can share a fragment of 60 KB.
  const printed = new Map(comparable.definitions.map((definition) => [definition, print(definition)]));
  for (const { definitions } of operations) {
    const texts = definitions.map((definition) => printed.get(definition) ?? '');
    yield createHash('sha256').update(texts.sort().join('\n')).digest('hex');
  }
}

/** Whether a document has operations, each of them one of these. */
export function hasOnly(hashes: Iterable<string>, allowed: ReadonlySet<string>): boolean {
  let isEmpty = true;
  for (const hash of hashes) {
    if (!allowed.has(hash)) return false;
    isEmpty = false;
  }
  return !isEmpty;
}

/** The number of operations in a document. */
export function countOperations({ definitions }: DocumentNode): number {
  return definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length;
}

/** `__typename` may be selected wherever another field may. */
function withoutTypenames(document: DocumentNode): DocumentNode {
  return visit(document, {
    SelectionSet: (set) => {
      const selections = set.selections.filter((selection) => !isTypename(selection));
      return selections.length === 0 ? undefined : { ...set, selections };
    },
  });
}

function isTypename(selection: SelectionNode): boolean {
  if (selection.kind !== Kind.FIELD || selection.name.value !== '__typename') return false;
  return selection.alias === undefined && (selection.directives ?? []).length === 0;
}
