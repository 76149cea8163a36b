/** What a name may be made of. */
export const USERNAME_RULE = '1 to 64 of A–Z a–z 0–9 _ . -';

/** Why a text cannot be the name of a user. */
export function validateUsername(text: string): string | null {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(text.trim()) ? null : USERNAME_RULE;
}
