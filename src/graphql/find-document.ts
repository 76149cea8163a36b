import type { Config } from '../config.js';
import { excessOfText } from './document-text.js';
import { type Refused, refuse } from './outcome.js';
import type { DocumentReference, FindDocument } from './trusted-documents.js';

interface FindOptions {
  readonly findDocument: FindDocument;
  readonly limits: Pick<Config['limits'], 'documentBytes'>;
}

/** Finds the text of a document that a client sent or named, within the limits for a text that is parsed. */
export function findText(reference: DocumentReference, { findDocument, limits }: FindOptions): string | Refused {
  const excess = 'query' in reference ? excessOfText(reference.query, limits) : undefined;
  if (excess !== undefined) return refuse({ code: 'OPERATION_TOO_COMPLEX', message: excess });
  const text = findDocument(reference);
  if (typeof text === 'string') return text;
  // Apollo's clients look for this message or this code, and send the text instead.
  if (text.missing === 'PERSISTED_QUERY_NOT_SUPPORTED')
    return refuse({ code: text.missing, message: 'PersistedQueryNotSupported' });
  const reason =
    'query' in reference ? 'This server runs listed documents only' : 'No document is listed under this id';
  return refuse({
    code: 'DOCUMENT_NOT_TRUSTED',
    message: `${reason}. Add yours to a file that TRUSTED_DOCUMENTS names, and restart the server.`,
  });
}
