import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** An operation of a document that is valid against the schema. */
export interface ValidOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
}

/** Tokens of all documents together: some thousand common ones. What is kept takes up to 1.5 KB for each. */
const MAX_TOKENS = 50_000;

interface Known {
  readonly document: DocumentNode;
  /** By the name in the request, which may be left out where the document has one operation only. */
  readonly operations: Map<string | undefined, ValidOperation>;
}

/**
 * The documents that were valid, by their text. What else is derived from a document is kept as long as the document is, so
 * that all of it is derived once.
 */
export class KnownDocuments {
  readonly #byText = new LRUCache<string, Known>({
    maxSize: MAX_TOKENS,
    sizeCalculation: ({ document: { tokenCount = 1 } }) => tokenCount, // the parser counts them
  });

  /** Undefined: the document is not known, or has no operation of that name. */
  find(text: string, name: string | undefined): ValidOperation | undefined {
    const known = this.#byText.get(text);
    const found = known?.operations.get(name);
    if (known === undefined || found !== undefined) return found;
    const operation = getOperationAST(known.document, name);
    if (operation == null) return undefined;
    const valid = { document: known.document, operation, operationName: operation.name?.value ?? null };
    known.operations.set(name, valid);
    return valid;
  }

  /** Keeps a document, and drops those that were found longest ago where there is no room. */
  keep(text: string, document: DocumentNode): void {
    if (!this.#byText.has(text)) this.#byText.set(text, { document, operations: new Map() });
  }
}
