/** The id of a user in another system. */
export interface ExternalId {
  readonly issuer: string;
  readonly id: string;
}

/** The rule for the names of other systems, as a sentence. */
const ISSUER_RULE = 'Use 1 to 64 characters: a–z 0–9 . -';

/** Validates the name of another system; null: valid. */
export function validateIssuer(text: string): string | null {
  return /^[a-z0-9.-]{1,64}$/.test(text.trim()) ? null : ISSUER_RULE;
}

/** Validates an id in another system; null: valid. */
export function validateExternalId(text: string): string | null {
  const { length } = [...text.trim()];
  return length >= 1 && length <= 255 ? null : 'Enter 1 to 255 characters.';
}

/**
 * The external id that a search names, such as `twitch:1234`; undefined: it names none. No username contains a colon. The
 * issuer may be in upper case; the id is compared to the letter.
 */
export function parseExternalId(search: string): ExternalId | undefined {
  const [, issuer = '', id = ''] = /^([^:]*):(.*)$/s.exec(search.trim()) ?? [];
  const external = { issuer: issuer.trim().toLowerCase(), id: id.trim() };
  return validateIssuer(external.issuer) === null && validateExternalId(external.id) === null ? external : undefined;
}

/** An external id as one text, as a search for it is written. */
export function externalIdText({ issuer, id }: ExternalId): string {
  return `${issuer}:${id}`;
}
