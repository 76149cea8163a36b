import { type DocumentNode, type GraphQLSchema, parse } from 'graphql';
import { excessOfTokens } from './format-error.js';
import { isStackOverflow, NESTS_TOO_DEEP } from './stack-overflow.js';
import { validateDocument } from './validate-document.js';

/** A document, valid against the schema, or what is wrong with it, in a sentence. */
export type ParsedDocument =
  | { readonly kind: 'VALID'; readonly document: DocumentNode }
  | { readonly kind: 'INVALID'; readonly fault: string }
  | { readonly kind: 'TOO_MANY_TOKENS'; readonly fault: string };

/** Parses and validates a text that stands in the input of an operation. Its size was checked by `excessOfText`. */
export function parseDocument(text: string, schema: GraphQLSchema, maxTokens: number): ParsedDocument {
  try {
    const document = parse(text, { maxTokens });
    // By its own tokens: several in one request take no longer than one that is as long as all of them.
    const [fault] = validateDocument(schema, document, document.tokenCount ?? maxTokens);
    return fault === undefined ? { kind: 'VALID', document } : { kind: 'INVALID', fault: fault.message };
  } catch (error) {
    if (isStackOverflow(error)) return { kind: 'INVALID', fault: NESTS_TOO_DEEP };
    const message = error instanceof Error ? error.message : 'The document is not GraphQL.';
    const excess = excessOfTokens(message);
    return excess ? { kind: 'TOO_MANY_TOKENS', fault: excess } : { kind: 'INVALID', fault: message };
  }
}
