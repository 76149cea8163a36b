const MIN_CHARACTERS = 8;
const MAX_CHARACTERS = 256;

/** The rule for new passwords, as a sentence. */
export const PASSWORD_RULE = `${MIN_CHARACTERS} to ${MAX_CHARACTERS} characters.`;

/** Validates the length of a new password; null: valid. */
export function validatePassword(text: string): string | null {
  const length = [...text].length;
  if (length < MIN_CHARACTERS) return `Enter at least ${MIN_CHARACTERS} characters.`;
  return length > MAX_CHARACTERS ? `Enter at most ${MAX_CHARACTERS} characters.` : null;
}
