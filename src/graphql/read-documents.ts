import { BadUserInput } from '../errors.js';
import { MAX_DOCUMENTS } from '../tokens/limits.js';
import { type DescribeDocument, sufficientScopes } from './describe-document.js';
import type { FindDocument } from './trusted-documents.js';

/** The documents of a token that is to be issued. */
export interface IssuableDocuments {
  /** Each operation once. */
  readonly texts: readonly string[];
  /** The scopes that a token needs for them, by their names; of several of which one is enough, the first that is held. */
  scopesFor(holds: (scope: string) => boolean): readonly string[];
}

/**
 * Checks the documents of a token.
 *
 * @param field the path of the list, for messages: `input.documents`.
 * @throws BadUserInput naming the list, or the text by its index, with what to do.
 */
export type ReadDocuments = (texts: readonly string[], field: string) => IssuableDocuments;

/** Of all texts of a token together, in UTF-8. */
const MAX_BYTES = 131_072;

export interface ReadDocumentsOptions {
  readonly describeDocument: DescribeDocument;
  /** Where only trusted documents run, a token for others would run nothing. */
  readonly findDocument: FindDocument;
}

export function createReadDocuments({ describeDocument, findDocument }: ReadDocumentsOptions): ReadDocuments {
  return (given, field) => {
    const texts = [...new Set(given)];
    if (texts.length === 0) {
      throw new BadUserInput(field, 'Give at least one document, or leave `documents` out to allow any operation.');
    }
    if (texts.length > MAX_DOCUMENTS) {
      throw new BadUserInput(field, `There are ${texts.length} documents; at most ${MAX_DOCUMENTS} are allowed.`);
    }
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (bytes > MAX_BYTES) {
      throw new BadUserInput(field, `The documents have ${bytes} bytes together; at most ${MAX_BYTES} are allowed.`);
    }
    const operations = texts.map((text) => {
      const unusable = (fault: string) => new BadUserInput(`${field}.${given.indexOf(text)}`, fault);
      if (typeof findDocument({ query: text }) !== 'string') {
        throw unusable('This server runs listed documents only, and this one is not listed. List it first.');
      }
      const described = describeDocument(text);
      if (described.kind === 'UNUSABLE') throw unusable(described.fault);
      return { ...described, text };
    });
    const distinct = new Map<string, (typeof operations)[number]>();
    for (const operation of operations) if (!distinct.has(operation.hash)) distinct.set(operation.hash, operation);
    const kept = [...distinct.values()];
    const required = kept.map((operation) => operation.required);
    return { texts: kept.map(({ text }) => text), scopesFor: (holds) => sufficientScopes(required, holds) };
  };
}
