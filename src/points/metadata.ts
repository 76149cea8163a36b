import { BadUserInput } from '../errors.js';
import { parseText } from '../input.js';
import { MAX_NOTE_BYTES, METADATA_ITEMS, METADATA_VALUE, REFERENCE } from './limits.js';

/** A name and a value of the client's own, stored with an entry. */
export interface MetadataItem {
  readonly key: string;
  readonly value: string;
}

/** What a client notes on an entry for its own system. It is stored once, and no key of idempotency compares it. */
export interface ClientNotes {
  readonly reference: string | null;
  /** In the order given, each key once; null: none. */
  readonly metadata: readonly MetadataItem[] | null;
}

/** The input of {@link parseClientNotes}. */
export interface GivenNotes {
  readonly reference?: string | null;
  readonly metadata?: readonly MetadataItem[] | null;
}

const KEY = /^[a-z0-9_]{1,40}$/;

/**
 * Checks the reference and the metadata of a change.
 *
 * @param field the path of the input that holds them, for messages: `input`. Empty: they are not in an input.
 * @throws BadUserInput naming the field.
 */
export function parseClientNotes(field: string, given: GivenNotes): ClientNotes {
  const path = field === '' ? '' : `${field}.`;
  const reference = given.reference == null ? null : parseText(`${path}reference`, given.reference, REFERENCE);
  const items = given.metadata ?? [];
  const metadata = items.length === 0 ? null : parseMetadata(`${path}metadata`, items);
  const bytes = Buffer.byteLength(
    (metadata ?? []).reduce((text, { key, value }) => text + key + value, reference ?? ''),
  );
  if (bytes > MAX_NOTE_BYTES) {
    throw new BadUserInput(
      `${path}metadata`,
      `A reference and metadata have at most ${MAX_NOTE_BYTES} bytes in UTF-8 together, and have ${bytes}.`,
    );
  }
  return { reference, metadata };
}

function parseMetadata(field: string, items: readonly MetadataItem[]): readonly MetadataItem[] {
  if (items.length > METADATA_ITEMS.max) {
    throw new BadUserInput(field, `Metadata has at most ${METADATA_ITEMS.max} items, not ${items.length}.`);
  }
  const keys = new Set<string>();
  return items.map(({ key, value }, index) => {
    const itemField = `${field}.${index}`;
    if (!KEY.test(key)) {
      throw new BadUserInput(`${itemField}.key`, 'A key of metadata has 1 to 40 characters out of a–z, 0–9 and `_`.');
    }
    if (keys.has(key)) throw new BadUserInput(`${itemField}.key`, `The key ${key} is given twice.`);
    keys.add(key);
    return { key, value: parseText(`${itemField}.value`, value, METADATA_VALUE) };
  });
}
