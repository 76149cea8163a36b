/** The rule for usernames, as a sentence. */
export const USERNAME_RULE = 'Use 1 to 64 characters: A–Z a–z 0–9 _ . -';

/** Validates a username; null: valid. */
export function validateUsername(text: string): string | null {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(text.trim()) ? null : USERNAME_RULE;
}
