/** Embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX #9, section 2). */
const BIDI_CONTROL = /[\u202A-\u202E\u2066-\u2069]/g;

/** Text of a user in its stored order: a control that would show it in another order is written out. */
export function plainText(text: string): string {
  return text.replace(BIDI_CONTROL, (control) => `[U+${control.charCodeAt(0).toString(16).toUpperCase()}]`);
}
