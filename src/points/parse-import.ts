import { parseDateTime } from '../date-time.js';
import { BadUserInput } from '../errors.js';
import { NO_ID, parseId, parseText } from '../input.js';
import { type ExternalRef, parseExternalRef } from '../users/external-ref.js';
import { DELETED_PREFIX, isReservedUsername, parseUsername } from '../users/user.js';
import { type EntryRef, entryId, parseEntryId } from './entry.js';
import { IDEMPOTENCY_KEY, MAX_SEQUENCE, REASON } from './limits.js';
import { type ClientNotes, type MetadataItem, parseClientNotes } from './metadata.js';

/** The user whom a line of a file names. */
export type ImportedUser =
  | { readonly kind: 'NAMED'; readonly username: string }
  /** `username` is the name to create the user with. */
  | { readonly kind: 'LINKED'; readonly external: ExternalRef; readonly username: string | undefined }
  /** The user was deleted before the file was exported. */
  | { readonly kind: 'DELETED'; readonly id: string };

/**
 * A change of points from a line of a file: positive points are added, negative ones spent. With a receiver they are moved from
 * the user to the receiver.
 */
export interface ImportedChange extends ClientNotes {
  readonly user: ImportedUser;
  readonly receiver: ImportedUser | null;
  readonly points: number;
  readonly reason: string | null;
  readonly idempotencyKey: string;
  /** When the change was made; undefined: now. */
  readonly createdAt: Date | undefined;
  /** The key of the line whose entry this one reverses; null: it is no reversal. */
  readonly reversedKey: string | null;
  /** The key of the line with the other entry of a transfer or of its reversal, as an export has it; null: it is none. */
  readonly counterpartKey: string | null;
}

/** The fields of a record. Those that a file does not have are undefined. */
export type ImportedFields = Readonly<Record<ImportField, unknown>>;

export type ImportField =
  | 'user'
  | 'external'
  | 'points'
  | 'reason'
  | 'key'
  | 'reference'
  | 'metadata'
  | 'createdAt'
  | 'reverses'
  | 'to'
  | 'toExternal'
  | 'counterpart';

/**
 * Every change has a key, so that a file can be imported again.
 *
 * @param issuer the system that `external` and `toExternal` are ids of; undefined: they are not read.
 * @throws BadUserInput naming the field.
 */
export function parseImport(fields: ImportedFields, issuer: string | undefined): ImportedChange {
  const { reason, reference, createdAt } = fields;
  const idempotencyKey = parseText('key', parseString('key', fields.key), IDEMPOTENCY_KEY);
  const change = {
    user: parseUser(fields, USER, issuer),
    receiver: namesReceiver(fields, issuer) ? parseUser(fields, RECEIVER, issuer) : null,
    points: parsePoints(fields.points),
    reason: isEmpty(reason) ? null : parseText('reason', parseString('reason', reason), REASON),
    idempotencyKey,
    ...parseClientNotes('', {
      reference: isEmpty(reference) ? null : parseString('reference', reference),
      metadata: parseItems(fields.metadata),
    }),
    createdAt: isEmpty(createdAt) ? undefined : parseCreatedAt(parseString('createdAt', createdAt)),
    reversedKey: isEmpty(fields.reverses) ? null : parseReversedKey(fields.reverses, idempotencyKey),
    counterpartKey: isEmpty(fields.counterpart) ? null : parseCounterpart(fields.counterpart, idempotencyKey),
  };
  checkTransfer(change);
  return change;
}

function isEmpty(value: unknown): boolean {
  return value == null || value === '';
}

function parseString(field: ImportField, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new BadUserInput(field, `${field} is empty or not text.`);
  return value;
}

/** The fields that name a user, by name and by the id in another system. */
interface UserFields {
  readonly name: 'user' | 'to';
  readonly external: 'external' | 'toExternal';
}

const USER: UserFields = { name: 'user', external: 'external' };
const RECEIVER: UserFields = { name: 'to', external: 'toExternal' };

function namesReceiver({ to, toExternal }: ImportedFields, issuer: string | undefined): boolean {
  return !isEmpty(to) || (issuer !== undefined && !isEmpty(toExternal));
}

function parseUser(fields: ImportedFields, { name, external }: UserFields, issuer: string | undefined): ImportedUser {
  const { [name]: user, [external]: id } = fields;
  if (issuer !== undefined && !isEmpty(id)) {
    return {
      kind: 'LINKED',
      external: parseExternalRef(external, { issuer, id: parseString(external, id) }),
      username: isEmpty(user) ? undefined : parseUsername(name, parseString(name, user)),
    };
  }
  const username = parseUsername(name, parseString(name, user));
  const deletedId = idOfDeletedUser(username);
  return deletedId === undefined ? { kind: 'NAMED', username } : { kind: 'DELETED', id: deletedId };
}

/** @throws BadUserInput where a line with a receiver is not a transfer of its own. */
function checkTransfer({ receiver, points, reversedKey, counterpartKey }: ImportedChange): void {
  if (receiver === null) return;
  if (points < 0)
    throw new BadUserInput('points', 'points must be positive in a line with `to`, whose user receives them.');
  if (reversedKey !== null) {
    throw new BadUserInput('to', '`to` must be empty in a line with `reverses`: the reversed entry tells both users.');
  }
  if (counterpartKey !== null) {
    throw new BadUserInput('to', '`to` must be empty in a line with `counterpart`, which names the other line.');
  }
}

/** The id in the name of a deleted user; undefined where it is another name. */
function idOfDeletedUser(username: string): string | undefined {
  const id = isReservedUsername(username) ? parseId(username.slice(DELETED_PREFIX.length)) : NO_ID;
  return id === NO_ID ? undefined : id;
}

function parsePoints(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value !== 0) return value;
  throw new BadUserInput('points', 'points must be a whole number other than 0: positive to add, negative to spend.');
}

/** Metadata as a list of `{ key, value }`, as an export has it, or as an object of texts. */
function parseItems(metadata: unknown): readonly MetadataItem[] {
  if (isEmpty(metadata)) return [];
  const items: readonly unknown[] = Array.isArray(metadata)
    ? metadata
    : typeof metadata === 'object' && metadata !== null
      ? itemsOfObject(metadata)
      : [metadata];
  return items.map((item) => {
    if (!isItem(item)) {
      throw new BadUserInput('metadata', 'metadata must be a list of {"key": …, "value": …}, or an object of texts.');
    }
    return { key: item.key, value: item.value };
  });
}

/** @throws BadUserInput for keys that are whole numbers: JavaScript puts these first, so that the order of the file is lost. */
function itemsOfObject(metadata: object): readonly unknown[] {
  if (Object.keys(metadata).some((key) => /^(?:0|[1-9]\d*)$/.test(key))) {
    throw new BadUserInput(
      'metadata',
      'metadata with keys that are whole numbers must be a list of {"key": …, "value": …}, which keeps their order.',
    );
  }
  return Object.entries(metadata).map(([key, value]: [string, unknown]) => ({ key, value }));
}

function isItem(item: unknown): item is MetadataItem {
  return (
    typeof item === 'object' &&
    item !== null &&
    'key' in item &&
    typeof item.key === 'string' &&
    'value' in item &&
    typeof item.value === 'string'
  );
}

function parseCreatedAt(text: string): Date {
  const date = parseDateTime(text);
  if (date !== undefined) return date;
  throw new BadUserInput(
    'createdAt',
    'createdAt must be a date and time with an offset, as in RFC 3339: 2026-01-31T09:30:00Z.',
  );
}

/** The key of the reversed line: in an export, where keys are the ids of entries, `reverses` is the sequence in such an id. */
function parseReversedKey(reverses: unknown, idempotencyKey: string): string {
  if (typeof reverses !== 'number' || !Number.isInteger(reverses) || reverses < 1 || reverses > MAX_SEQUENCE) {
    throw new BadUserInput('reverses', 'reverses must be the sequence of an entry: a whole number from 1.');
  }
  return entryId({ userId: parseEntryKey('reverses', idempotencyKey).userId, sequence: reverses });
}

/** The key of the other line of a pair, which is the id of its entry. */
function parseCounterpart(counterpart: unknown, idempotencyKey: string): string {
  const entry = typeof counterpart === 'string' ? parseEntryId(counterpart) : undefined;
  const own = parseEntryKey('counterpart', idempotencyKey);
  if (entry === undefined || entry.userId === own.userId) {
    throw new BadUserInput('counterpart', 'counterpart must be the id of an entry of another user.');
  }
  return entryId(entry);
}

/** The entry whose id is the key, as in a line of an export. */
function parseEntryKey(field: ImportField, idempotencyKey: string): EntryRef {
  const entry = parseEntryId(idempotencyKey);
  if (entry !== undefined) return entry;
  throw new BadUserInput(
    'key',
    `A line with \`${field}\` needs the id of its entry as the key. Import the file with \`--key-column id\`.`,
  );
}
