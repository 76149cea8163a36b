import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from 'graphql';

/** An operation of a document that is valid against the schema. */
export interface ValidOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
}

/** Characters of all texts together. What is kept of a document takes some fifty bytes for each. */
const MAX_CHARACTERS = 1_000_000;

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
  readonly #byText = new Map<string, Known>();
  #characters = 0;

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

  /** Keeps a document, and drops those that were kept longest where there is no room. */
  keep(text: string, document: DocumentNode): void {
    if (this.#byText.has(text)) return;
    this.#byText.set(text, { document, operations: new Map() });
    this.#characters += text.length;
    for (const oldest of this.#byText.keys()) {
      if (this.#characters <= MAX_CHARACTERS) return;
      this.#byText.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}
